/**
 * What is done to an instance as a whole, whatever its orchestrator does: it is suspended and resumed, ended, rewound,
 * started again, taken in from elsewhere, deleted.
 */
import {
  type CompensationAdded,
  compensationName,
  type ExecutionStarted,
  type FailureDetails,
  InstanceExistsError,
  InstanceNotFailedError,
  InstanceNotFoundError,
  InstanceNotRunningError,
  InstanceRunningError,
  maxNameLength,
  type ParentLink,
  type RecordedRetry,
  rewindPoint,
  toFailure,
} from '../../src/core';
import type { InstanceCopy } from '../../src/protocol';
import { foldNew } from '../store/tail';
import type { Batch } from './batch';
import { pendingCompensations } from './compensation';
import type { Decisions } from './decisions';
import { Instance } from './instance';
import type { Instances } from './instances';
import type { Mailboxes } from './mailboxes';
import type {
  DeliverMessage,
  ImportMessage,
  Message,
  PurgeMessage,
  RestartMessage,
  RewindMessage,
  SuspendMessage,
} from './message';
import { pack, Unpacking } from './payloads';
import type { HubSurroundings } from './surroundings';

export class Lifecycle {
  constructor(
    readonly hub: HubSurroundings,
    readonly instances: Instances,
    readonly mailboxes: Mailboxes,
    readonly decisions: Decisions,
  ) {}

  suspend(batch: Batch, message: SuspendMessage): void {
    const instance = this.#running(batch, message, 'suspended');
    if (!instance) return;
    if (!instance.isSuspended) {
      batch.append(instance, [{ type: 'ExecutionSuspended', ...reasonOf(message) }]);
      batch.recount(instance, () => {
        instance.isSuspended = true;
      });
    }
    batch.reply(message, {});
  }

  /** Gives the instance if it may go on now. One that is parked is to be tried again. */
  resume(batch: Batch, message: SuspendMessage): Instance | undefined {
    const instance = this.#running(batch, message, 'resumed');
    if (!instance) return undefined;
    batch.reply(message, {});
    if (!instance.isSuspended && !instance.parked) return undefined;
    if (instance.isSuspended) {
      batch.append(instance, [{ type: 'ExecutionResumed', ...reasonOf(message) }]);
      batch.recount(instance, () => {
        instance.isSuspended = false;
      });
    }
    if (instance.parked) this.unpark(batch, instance);
    return instance;
  }

  unpark(batch: Batch, instance: Instance): void {
    batch.recount(instance, () => {
      instance.parked = undefined;
    });
    batch.change(instance, { parked: null });
  }

  #running(batch: Batch, message: Message, what: string): Instance | undefined {
    const instance = this.#existing(batch, message);
    if (!instance?.hasEnded) return instance;
    const { to } = message;
    const error = new InstanceNotRunningError(`instance '${to}' cannot be ${what}: it is ${instance.status} already`);
    batch.reply(message, { error });
    return undefined;
  }

  #existing(batch: Batch, message: Message): Instance | undefined {
    const instance = this.instances.get(message.to);
    if (!instance) batch.reply(message, { error: new InstanceNotFoundError(`there is no instance '${message.to}'`) });
    return instance;
  }

  // ------------------------------------------------------------------------------------------------ the end

  async terminate(batch: Batch, message: DeliverMessage): Promise<void> {
    const { reason, recursive } = message.event as { reason?: string; recursive?: true };
    await this.end(batch, this.instances.get(message.to) as Instance, reason, recursive);
  }

  /** Ends an instance where it stands. What it registered to undo its steps is called by an orchestration of its own. */
  async end(batch: Batch, instance: Instance, reason: string | undefined, recursive?: true): Promise<void> {
    const { id, parent } = instance;
    const open = this.instances.tail.get(id)?.open ?? new Map();
    const isKnown = this.instances.tail.get(id)?.row.execution === instance.execution;
    const children = [...(isKnown ? open.values() : []), ...instance.uncommitted].flatMap((each) =>
      'instanceId' in each && !('detached' in each) && each.type !== 'EventSent' ? [each.instanceId as string] : [],
    );
    const steps = await this.#compensations(instance);
    batch.append(instance, [{ type: 'ExecutionTerminated', ...(reason !== undefined && { reason }), ...(recursive && { recursive }) }]);
    if (steps.length > 0) await this.#compensate(batch, instance, steps);
    batch.cancelAll(instance, isKnown ? open.keys() : [], reason ?? 'the instance was terminated');
    this.decisions.end(batch, instance, 'Terminated');
    if (recursive) for (const child of children) this.decisions.terminate(batch, child, reason);
    this.decisions.tellParent(batch, parent, { failure: terminated(reason) });
  }

  /** Those steps, newest first, whose undoing is due if it ends now. */
  async #compensations(instance: Instance): Promise<CompensationAdded[]> {
    const { tail } = this.instances;
    const row = tail.get(instance.id)?.row;
    const committed = row?.execution === instance.execution ? (row.compensations ?? 0) : 0;
    if (committed === 0 && !instance.uncommitted.some((event) => event.type === 'CompensationAdded')) return [];
    return pendingCompensations(await this.instances.history(instance));
  }

  async #compensate(batch: Batch, instance: Instance, steps: readonly CompensationAdded[]): Promise<void> {
    const { id, execution, name } = instance;
    const to = undoInstanceId(id, execution);
    const inputs = await new Unpacking(this.hub.store, instance.origins).values(steps.map((step) => step.input));
    const input = { steps: steps.map(({ name: activity, retry }, i) => stepOf(activity, inputs[i], retry)) };
    const stored = pack(input, 'what is to be undone', instance, batch.payloads);
    const event: ExecutionStarted = {
      type: 'ExecutionStarted',
      name: compensationName,
      parent: { instanceId: id, execution, taskId: -1, name, detached: true },
    };
    batch.append(instance, [
      { type: 'SubOrchestrationInstanceCreated', taskId: -1, name: compensationName, instanceId: to, detached: true },
    ]);
    instance.isParent = true;
    this.decisions.start(batch, to, event, input, stored, true);
  }

  async purge(batch: Batch, message: PurgeMessage): Promise<void> {
    const instance = this.#existing(batch, message);
    if (!instance) return;
    if (!instance.hasEnded) {
      const problem = `instance '${message.to}' is ${instance.status}: terminate it before it is purged`;
      return batch.reply(message, { error: new InstanceRunningError(problem) });
    }
    const doomed = [instance];
    // The list grows as children are found to have children.
    for (const each of doomed) {
      if (each.isParent === false) continue;
      for (const child of await this.instances.loadChildren(each.id, batch.touched)) {
        if (child.hasEnded && !doomed.includes(child)) doomed.push(child);
      }
    }
    for (const each of doomed) {
      batch.delete(each);
      batch.count(each.name, each.counted, -1);
      this.instances.forget(each.id);
    }
    batch.reply(message, { value: doomed.length });
  }

  // ------------------------------------------------------------------------------------------------ another life

  /** Gives the instance if it goes on. */
  async rewind(batch: Batch, message: RewindMessage): Promise<Instance | undefined> {
    const { to, parent, reason } = message;
    const instance = parent ? this.instances.get(to) : this.#existing(batch, message);
    if (parent && !isChild(instance, parent)) {
      const failure = toFailure(new InstanceNotFoundError(`there is no instance '${to}' any more`));
      this.decisions.tellParent(batch, parent, { failure });
      return undefined;
    }
    if (!instance) return undefined;
    if (instance.status !== 'Failed') {
      const problem = `instance '${to}' cannot be rewound: it is ${instance.status}, and only what has failed can go on`;
      batch.reply(message, { error: new InstanceNotFailedError(problem) });
      if (parent && instance.hasEnded) await this.#tellAgain(batch, instance, parent);
      return undefined;
    }
    const history = await this.instances.history(instance);
    const { from, taskIds, open } = rewindPoint(history);
    batch.append(instance, [{ type: 'ExecutionRewound', ...reasonOf(message), from, taskIds }]);
    const compensations = pendingCompensations([...history, ...instance.uncommitted.slice(-1)]).length;
    batch.change(instance, { rewound: { open, compensations } });
    batch.recount(instance, () => {
      instance.status = 'Running';
    });
    instance.run = undefined;
    batch.resumed.add(to);
    for (const task of open) {
      if (task.kind !== 'subOrchestration') continue;
      const link = { instanceId: to, execution: instance.execution, taskId: task.taskId, name: instance.name };
      this.decisions.rewind(batch, task.instanceId, link, reason);
    }
    batch.reply(message, {});
    return instance;
  }

  /** Nobody listened when it ended, since its parent had failed. */
  async #tellAgain(batch: Batch, instance: Instance, parent: ParentLink): Promise<void> {
    const last = (await this.instances.history(instance)).findLast(
      (event) => event.type === 'ExecutionCompleted' || event.type === 'ExecutionTerminated',
    );
    if (last?.type !== 'ExecutionCompleted') {
      this.decisions.tellParent(batch, parent, { failure: terminated(last?.reason) });
    } else {
      const result = await new Unpacking(this.hub.store).value(last.result);
      this.decisions.tellParent(batch, parent, { result, stored: last.result });
    }
  }

  async restart(batch: Batch, message: RestartMessage): Promise<void> {
    const { to, newInstanceId } = message;
    const instance = this.#existing(batch, message);
    if (!instance) return;
    if (newInstanceId === to && !instance.hasEnded) {
      const problem = `instance '${to}' is ${instance.status}: it can be restarted once it has ended, or under another id`;
      return batch.reply(message, { error: new InstanceRunningError(problem) });
    }
    const first = (await this.instances.history(instance)).find((event) => event.type === 'ExecutionStarted');
    const input = await new Unpacking(this.hub.store).value(first?.input);
    const event: ExecutionStarted = {
      type: 'ExecutionStarted',
      name: instance.name,
      ...(input !== undefined && { input }),
      ...(instance.version !== undefined && { version: instance.version }),
      ...(instance.tags && { tags: instance.tags }),
    };
    const { caller } = message;
    this.mailboxes.push({ kind: 'start', to: newInstanceId, event, producedBy: batch, ...(caller && { caller }) });
  }

  /** Takes in an instance with the children that it waits for. Gives those that may go on. */
  async import(batch: Batch, message: ImportMessage): Promise<Instance[]> {
    const { copies } = message;
    await this.instances.load(copies.map((copy) => copy.instanceId));
    for (const { instanceId } of copies) {
      const existing = this.instances.get(instanceId);
      if (!existing || existing.hasEnded) continue;
      const problem = `instance '${instanceId}' is ${existing.status} already: what is exported cannot take its place`;
      batch.reply(message, { error: new InstanceExistsError(problem) });
      return [];
    }
    const executions = new Map(copies.map((copy) => [copy.execution, batch.nextExecution()]));
    const imported = copies.map((copy) => this.#take(batch, copy, executions));
    batch.reply(message, { value: message.to });
    return imported;
  }

  #take(batch: Batch, copy: InstanceCopy, executions: ReadonlyMap<number, number>): Instance {
    const { instanceId: id, createdTime, customStatus, waits } = copy;
    const existing = this.instances.get(id);
    const events = copy.history.map((event) => (event.type === 'ExecutionStarted' ? adopt(event, copy, executions) : event));
    const execution = executions.get(copy.execution) as number;
    const { row } = foldNew({ kind: 'create', id, execution, createdTime: createdTime.getTime(), events }, batch.time);
    const instance = Instance.of({ ...row, count: 0 });
    batch.create(instance);
    if (existing) batch.count(existing.name, existing.counted, -1);
    batch.count(instance.name, instance.counted, 1);
    batch.append(instance, events);
    if (customStatus !== undefined) {
      batch.change(instance, { customStatus: pack(customStatus, 'the custom status', instance, batch.payloads) });
    }
    batch.change(instance, { waits: instance.hasEnded ? [] : waits });
    this.instances.forget(id);
    this.instances.add(instance);
    batch.resumed.add(id);
    return instance;
  }
}

/** A start as the new hub has it: with its parent, if that comes along, and drawing ids and chance as it has before. */
function adopt(event: ExecutionStarted, copy: InstanceCopy, executions: ReadonlyMap<number, number>): ExecutionStarted {
  const { parent } = event;
  const adopted: ExecutionStarted = { ...event, execution: event.execution ?? copy.execution };
  if (!parent) return adopted;
  const execution = executions.get(parent.execution);
  return { ...adopted, parent: execution === undefined ? { ...parent, detached: true } : { ...parent, execution } };
}

function isChild(instance: Instance | undefined, parent: ParentLink): instance is Instance {
  const link = instance?.parent;
  return link?.instanceId === parent.instanceId && link.execution === parent.execution && link.taskId === parent.taskId;
}

function stepOf(name: string, input: unknown, retry: RecordedRetry | undefined): object {
  return { name, ...(input !== undefined && { input }), ...(retry && { retry }) };
}

function undoInstanceId(id: string, execution: number): string {
  const own = `undo-${execution.toString(36)}`;
  return id.length + own.length < maxNameLength ? `${id}:${own}` : own;
}

function terminated(reason: string | undefined): FailureDetails {
  return { name: 'InstanceTerminatedError', message: reason ?? 'terminated', code: 'InstanceTerminated' };
}

function reasonOf({ reason }: { reason?: string }): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
