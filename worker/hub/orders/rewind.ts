/**
 * A failed instance goes on from where it failed. What it had open then is set going again as after a restart, and the
 * children that it waits for are rewound if they failed, or tell again how they ended: when they did, nobody listened.
 */
import {
  InstanceNotFailedError,
  InstanceNotFoundError,
  type ParentLink,
  rewindPoint,
  toFailure,
} from '../../../src/core';
import type { Batch } from '../batch';
import type { Instance } from '../instance';
import type { RewindMessage } from '../message';
import { Unpacking } from '../payloads';
import { terminated } from './terminate';
import { existing, reasonOf, type Work } from './work';

/** Gives the instance if it goes on. */
export async function rewind(work: Work, batch: Batch, message: RewindMessage): Promise<Instance | undefined> {
  const { parent } = message;
  const instance = parent ? childOf(work, batch, message.to, parent) : existing(work, batch, message);
  if (!instance) return undefined;
  if (instance.status === 'Failed') {
    await goBack(work, batch, instance, message);
    return instance;
  }
  const problem = `instance '${instance.id}' cannot be rewound: it is ${instance.status}, and only what has failed can go on`;
  batch.reply(message, { error: new InstanceNotFailedError(problem) });
  if (parent && instance.hasEnded) await tellAgain(work, batch, instance, parent);
  return undefined;
}

async function goBack(work: Work, batch: Batch, instance: Instance, message: RewindMessage): Promise<void> {
  const { id, execution, name } = instance;
  const point = rewindPoint(await work.instances.history(instance));
  batch.append(instance, [{ type: 'ExecutionRewound', ...reasonOf(message), ...point }]);
  batch.recount(instance, () => {
    instance.status = 'Running';
  });
  instance.run = undefined;
  batch.resumed.add(id);
  for (const task of point.open) {
    if (task.kind !== 'subOrchestration') continue;
    work.decisions.rewind(
      batch,
      task.instanceId,
      { instanceId: id, execution, taskId: task.taskId, name },
      message.reason,
    );
  }
  batch.reply(message, {});
}

/** The child that a parent waits for. If it is gone, or another one has its id, the parent is told. */
function childOf({ instances, decisions }: Work, batch: Batch, to: string, parent: ParentLink): Instance | undefined {
  const instance = instances.get(to);
  const link = instance?.parent;
  const isIt =
    link?.instanceId === parent.instanceId && link.execution === parent.execution && link.taskId === parent.taskId;
  if (isIt) return instance;
  const failure = toFailure(new InstanceNotFoundError(`there is no instance '${to}' any more`));
  decisions.tellParent(batch, parent, { failure });
  return undefined;
}

async function tellAgain(work: Work, batch: Batch, instance: Instance, parent: ParentLink): Promise<void> {
  const end = (await work.instances.history(instance)).findLast(
    (event) => event.type === 'ExecutionCompleted' || event.type === 'ExecutionTerminated',
  );
  if (end?.type === 'ExecutionCompleted') {
    const result = await new Unpacking(work.hub.store).value(end.result);
    work.decisions.tellParent(batch, parent, { result, stored: end.result });
  } else {
    work.decisions.tellParent(batch, parent, { failure: terminated(end?.reason) });
  }
}
