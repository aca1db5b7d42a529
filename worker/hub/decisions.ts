/**
 * Carries out what orchestrators decide: writes into the batch what its commit will set free, and sends the messages
 * between instances. Each of those has two forms: live, with its Blobs, for this batch or the next; and as the log has it,
 * should a commit have to carry it over.
 */
import {
  type ContinueAsNew,
  childInstanceId,
  type DecisionEvent,
  type ExecutionStarted,
  type FailureDetails,
  type MessageEvent,
  type ParentLink,
  type TaskScheduled,
  type Turn,
} from '../../src/core';
import type { Heartbeat, InstanceState } from '../store/records';
import type { Tail } from '../store/tail';
import type { Batch } from './batch';
import type { Instance } from './instance';
import type { Mailboxes } from './mailboxes';
import type { Message } from './message';
import { pack } from './payloads';
import { heartbeatIn, taskOf } from './recovery';
import { taskKey } from './task-key';
import type { TaskReader } from './task-reader';

export class Decisions {
  readonly #taskHub: string;
  readonly #databaseId: string;
  readonly #tail: Tail;
  readonly #mailboxes: Mailboxes;
  readonly #reader: TaskReader;

  constructor(taskHub: string, databaseId: string, tail: Tail, mailboxes: Mailboxes, reader: TaskReader) {
    this.#taskHub = taskHub;
    this.#databaseId = databaseId;
    this.#tail = tail;
    this.#mailboxes = mailboxes;
    this.#reader = reader;
  }

  /** @param packed the decision as the log has it */
  carryOut(batch: Batch, instance: Instance, decision: DecisionEvent, packed: DecisionEvent, turn: Turn): void {
    const { id, execution } = instance;
    switch (decision.type) {
      case 'TaskScheduled': {
        // What lies in payloads is read from there when it is needed; the rest is here.
        const { input } = instance.payloads > 0 ? (packed as TaskScheduled) : decision;
        const { taskId, retryOf = taskId } = decision;
        const task = taskOf(decision, input, id, execution, this.idempotencyKey(id, execution, retryOf));
        if (retryOf !== taskId) task.lastHeartbeat = this.#heartbeatOf(batch, instance, retryOf)?.details;
        this.#reader.prepare(task);
        batch.tasks.push(task);
        break;
      }
      case 'TimerCreated':
        batch.timers.push({ id, execution, taskId: decision.taskId, fireAt: decision.fireAt });
        break;
      case 'TaskCanceled': {
        const { taskId, reason = 'the task was cancelled' } = decision;
        batch.cancels.push({ execution, taskId, reason });
        break;
      }
      case 'SubOrchestrationInstanceCreated': {
        const { name, taskId, instanceId: to, input, version, tags, detached } = decision;
        const event: ExecutionStarted = {
          type: 'ExecutionStarted',
          name,
          parent: { instanceId: id, execution, taskId, name: instance.name, ...(detached && { detached }) },
          ...(version !== undefined && { version }),
          ...(tags && { tags }),
        };
        instance.isParent = true;
        const isFresh = to === childInstanceId(id, execution, taskId);
        this.start(batch, to, event, input, (packed as typeof decision).input, isFresh);
        break;
      }
      case 'EventSent': {
        const { instanceId: to, name } = decision;
        const event = { type: 'EventRaised', name } as const;
        const stored = withValue(event, 'input', (packed as typeof decision).input);
        const carried = { kind: 'deliver', to, event: stored } as const;
        this.#send(batch, { ...carried, event: withValue(event, 'input', decision.input), carried });
        break;
      }
      // They take effect when a scope fails, or when the instance is terminated or replayed.
      case 'CompensationAdded':
      case 'CompensationsRemoved':
      case 'PatchMarked':
        break;
      case 'ContinueAsNew':
        this.#continue(batch, instance, decision, (packed as typeof decision).input, turn);
        break;
      case 'ExecutionCompleted': {
        this.end(batch, instance, decision.status);
        const { failure, result } = decision;
        this.tellParent(
          batch,
          instance.parent,
          failure ? { failure } : { result, stored: (packed as typeof decision).result },
        );
        break;
      }
    }
  }

  #heartbeatOf(batch: Batch, instance: Instance, call: number): Heartbeat | undefined {
    return batch.heartbeatOf(instance, call) ?? heartbeatIn(this.#tail.get(instance.id)?.row, call);
  }

  #continue(batch: Batch, instance: Instance, decision: ContinueAsNew, storedInput: unknown, turn: Turn): void {
    const { id, execution, parent, name, tags } = instance;
    const { input, version = instance.version } = decision;
    const event: ExecutionStarted = {
      type: 'ExecutionStarted',
      name,
      ...(parent && { parent }),
      guids: turn.guids,
      ...(version !== undefined && { version }),
      ...(tags && { tags }),
    };
    const { kept } = turn;
    const storedKept = kept.map((each) =>
      withValue(each, 'input', pack(each.input, 'an event', instance, batch.payloads)),
    );
    instance.run = undefined;
    instance.continuing = true;
    batch.cancelTimers(instance, this.#tail.get(id)?.open.values() ?? []);
    this.#mailboxes.pushFirst({
      kind: 'start',
      to: id,
      producedBy: batch,
      event: withValue(event, 'input', input),
      continues: execution,
      kept,
      carried: {
        kind: 'start',
        to: id,
        event: withValue(event, 'input', storedInput),
        continues: execution,
        kept: storedKept,
      },
    });
  }

  /** Starts a sub-orchestration. `stored` is the input as the log has it. */
  start(batch: Batch, to: string, event: ExecutionStarted, input: unknown, stored: unknown, fresh: boolean): void {
    const carried = { kind: 'start', to, event: withValue(event, 'input', stored) } as const;
    this.#send(batch, { kind: 'start', to, event: withValue(event, 'input', input), fresh, carried });
  }

  /** Ends an instance that another one waits for. */
  terminate(batch: Batch, to: string, parent: ParentLink, reason: string | undefined): void {
    const event = { type: 'ExecutionTerminated', ...(reason !== undefined && { reason }), recursive: true } as const;
    const carried = { kind: 'deliver', to, parent, event } as const;
    this.#send(batch, { ...carried, carried });
  }

  /** Makes a child that a parent waits for again tell how it ended, once it has. */
  rewind(batch: Batch, to: string, parent: ParentLink, reason: string | undefined): void {
    const carried = { kind: 'rewind', to, parent, ...(reason !== undefined && { reason }) } as const;
    this.#send(batch, { ...carried, carried });
  }

  /** Tells whoever started a sub-orchestration what it came to. `stored` is the result as the log has it. */
  tellParent(
    batch: Batch,
    parent: Instance['parent'],
    outcome: { failure: FailureDetails } | { result: unknown; stored: unknown },
  ): void {
    if (!parent || parent.detached) return;
    const { instanceId: to, execution, taskId } = parent;
    const event = (value: unknown): MessageEvent =>
      'failure' in outcome
        ? { type: 'SubOrchestrationInstanceFailed', taskId, failure: outcome.failure }
        : withValue({ type: 'SubOrchestrationInstanceCompleted', taskId } as const, 'result', value);
    const [live, stored] = 'failure' in outcome ? [undefined, undefined] : [outcome.result, outcome.stored];
    const carried = { kind: 'deliver', to, execution, event: event(stored) } as const;
    this.#send(batch, { kind: 'deliver', to, execution, event: event(live), carried });
  }

  /** The same for every attempt of a task, and different for all tasks, also of a database that was made anew. */
  idempotencyKey(id: string, execution: number, taskId: number): string {
    return `${this.#taskHub}/${this.#databaseId}/${id}/${taskKey(execution, taskId)}`;
  }

  #send(batch: Batch, message: Message): void {
    this.#mailboxes.push({ ...message, producedBy: batch });
  }

  /** The instance has ended: nothing of it runs or waits any more. */
  end(batch: Batch, instance: Instance, status: InstanceState): void {
    batch.cancelTimers(instance, this.#tail.get(instance.id)?.open.values() ?? []);
    batch.recount(instance, () => {
      instance.status = status;
      instance.parked = undefined;
      instance.isSuspended = false;
    });
    instance.startAt = undefined;
    instance.run = undefined;
  }
}

/** Sets a key only where there is a value: what is undefined takes no room in the log. */
function withValue<T extends object, K extends string>(target: T, key: K, value: unknown): T {
  return value === undefined ? target : { ...target, [key]: value };
}
