/**
 * A failed instance goes on from where it failed. What it had open then is set going again as after a restart, and the
 * children that it waits for are rewound if they failed, or tell again how they ended: when they did, nobody listened.
 */
import {
  compensationName,
  type ExecutionStarted,
  type HistoryEvent,
  InstanceNotFailedError,
  InstanceNotFoundError,
  InstanceRunningError,
  type ParentLink,
  rewindPoint,
  type SubOrchestrationInstanceCreated,
  toFailure,
} from '../../../src/core';
import type { Batch } from '../batch';
import type { Instance } from '../instance';
import type { RewindMessage } from '../message';
import { Unpacking } from '../payloads';
import { terminated } from './terminate';
import { existing, isChildOf, reasonOf, type Work } from './work';

/** Gives the instance if it goes on. */
export async function rewind(work: Work, batch: Batch, message: RewindMessage): Promise<Instance | undefined> {
  const { parent } = message;
  const instance = parent ? childOf(work, batch, message.to, parent) : existing(work, batch, message);
  if (!instance) return undefined;
  if (instance.status === 'Failed') {
    const history = await work.instances.history(instance);
    const undoing = await undoingOf(work, instance, history);
    if (undoing !== undefined) {
      const error = new InstanceRunningError(
        `instance '${instance.id}' cannot be rewound yet: '${undoing}' is still undoing its steps, and would undo them again as they are done again`,
      );
      batch.reply(message, { error });
      if (parent) work.decisions.tellParent(batch, parent, { failure: toFailure(error) });
      return undefined;
    }
    await goBack(work, batch, instance, history, message);
    return instance;
  }
  const problem = `instance '${instance.id}' cannot be rewound: it is ${instance.status}, and only what has failed can go on`;
  batch.reply(message, { error: new InstanceNotFailedError(problem) });
  if (parent && instance.hasEnded) await tellAgain(work, batch, instance, parent);
  return undefined;
}

/** The instance of the hub's own that undoes what it left, if it has not ended. */
async function undoingOf(
  { instances, mailboxes }: Work,
  { id, execution }: Instance,
  history: readonly HistoryEvent[],
): Promise<string | undefined> {
  const ids = history.flatMap((event) =>
    event.type === 'SubOrchestrationInstanceCreated' && event.name === compensationName ? event.instanceId : [],
  );
  await instances.load(ids);
  return ids.find((each) => {
    const found = instances.get(each);
    if (!found) return mailboxes.has(each);
    return !found.hasEnded && found.parent?.instanceId === id && found.parent.execution === execution;
  });
}

async function goBack(
  work: Work,
  batch: Batch,
  instance: Instance,
  history: readonly HistoryEvent[],
  message: RewindMessage,
): Promise<void> {
  const { id, execution, name } = instance;
  const point = rewindPoint(history);
  batch.append(instance, [{ type: 'ExecutionRewound', ...reasonOf(message), ...point }]);
  batch.recount(instance, () => {
    instance.status = 'Running';
  });
  instance.run = undefined;
  batch.resumed.add(id);
  const children = point.open.filter((task) => task.kind === 'subOrchestration');
  await work.instances.load(children.map((task) => task.instanceId));
  for (const task of children) {
    const parent = { instanceId: id, execution, taskId: task.taskId, name };
    const call = lostStart(work, history, task.instanceId, parent);
    if (call) await startAgain(work, batch, call, parent);
    else work.decisions.rewind(batch, task.instanceId, parent, message.reason);
  }
  batch.reply(message, {});
}

/**
 * What a task asked for, if there is nobody who could go on with it: its start was refused, or a later attempt of the
 * same call has taken its id.
 */
function lostStart(
  { instances }: Work,
  history: readonly HistoryEvent[],
  to: string,
  parent: ParentLink,
): SubOrchestrationInstanceCreated | undefined {
  const found = instances.get(to);
  if (found && isChildOf(found, parent)) return undefined;
  const { taskId } = parent;
  const isLater = found?.parent?.instanceId === parent.instanceId && found.parent.execution === parent.execution;
  const failed = history.findLast(
    (event) => event.type === 'SubOrchestrationInstanceFailed' && event.taskId === taskId,
  );
  const code = failed?.type === 'SubOrchestrationInstanceFailed' ? failed.failure.code : undefined;
  if (!isLater && code !== 'InstanceExists' && code !== 'UnknownOrchestration') return undefined;
  return history.find((event) => event.type === 'SubOrchestrationInstanceCreated' && event.taskId === taskId) as
    | SubOrchestrationInstanceCreated
    | undefined;
}

async function startAgain(
  { hub, decisions }: Work,
  batch: Batch,
  { instanceId: to, name, version, tags, input: stored }: SubOrchestrationInstanceCreated,
  parent: ParentLink,
): Promise<void> {
  const event: ExecutionStarted = {
    type: 'ExecutionStarted',
    name,
    parent,
    ...(version !== undefined && { version }),
    ...(tags && { tags }),
  };
  decisions.start(batch, to, event, await new Unpacking(hub).value(stored), stored, false);
}

/** The child that a parent waits for. If it is gone, or another one has its id, the parent is told. */
function childOf({ instances, decisions }: Work, batch: Batch, to: string, parent: ParentLink): Instance | undefined {
  const instance = instances.get(to);
  if (instance && isChildOf(instance, parent)) return instance;
  const failure = toFailure(new InstanceNotFoundError(`there is no instance '${to}' any more`));
  decisions.tellParent(batch, parent, { failure });
  return undefined;
}

async function tellAgain(work: Work, batch: Batch, instance: Instance, parent: ParentLink): Promise<void> {
  const end = (await work.instances.history(instance)).findLast(
    (event) => event.type === 'ExecutionCompleted' || event.type === 'ExecutionTerminated',
  );
  if (end?.type === 'ExecutionCompleted') {
    const result = await new Unpacking(work.hub).value(end.result);
    work.decisions.tellParent(batch, parent, { result, stored: end.result });
  } else {
    work.decisions.tellParent(batch, parent, { failure: terminated(end?.reason) });
  }
}
