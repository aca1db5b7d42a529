/**
 * Carries out what orchestrators decide: writes into the batch what its commit will set free, and sends the messages
 * between instances. Each of those has two forms: live, with its Blobs, for this batch or the next; and as the log has it,
 * should a commit have to carry it over.
 */
import { childInstanceId, type DecisionEvent, type FailureDetails, type MessageEvent, type Turn } from '../../src/core';
import type { InstanceState } from '../store/records';
import type { Tail } from '../store/tail';
import type { Batch } from './batch';
import type { Instance } from './instance';
import type { Mailboxes } from './mailboxes';
import type { Message } from './message';
import { pack } from './payloads';

export class Decisions {
  readonly #taskHub: string;
  readonly #databaseId: string;
  readonly #tail: Tail;
  readonly #mailboxes: Mailboxes;

  constructor(taskHub: string, databaseId: string, tail: Tail, mailboxes: Mailboxes) {
    this.#taskHub = taskHub;
    this.#databaseId = databaseId;
    this.#tail = tail;
    this.#mailboxes = mailboxes;
  }

  /** @param packed the decision as the log has it */
  carryOut(batch: Batch, instance: Instance, decision: DecisionEvent, packed: DecisionEvent, turn: Turn): void {
    const { id, execution } = instance;
    switch (decision.type) {
      case 'TaskScheduled': {
        const { taskId, name, input } = decision;
        const key = `${execution}:${taskId}`;
        const idempotencyKey = this.idempotencyKey(id, key);
        batch.tasks.push({ key, instanceId: id, taskId, attempt: 1, idempotencyKey, name, input });
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
        const { name, taskId, instanceId: to, input } = decision;
        const parent = { instanceId: id, execution, taskId, name: instance.name };
        const event = { type: 'ExecutionStarted', name, parent } as const;
        const storedInput = (packed as typeof decision).input;
        this.#send(batch, {
          kind: 'start',
          to,
          event: withValue(event, 'input', input),
          fresh: to === childInstanceId(id, execution, taskId),
          carried: { kind: 'start', to, event: withValue(event, 'input', storedInput) },
        });
        break;
      }
      case 'ContinueAsNew':
        this.#continue(batch, instance, decision.input, (packed as typeof decision).input, turn);
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

  #continue(batch: Batch, instance: Instance, input: unknown, storedInput: unknown, turn: Turn): void {
    const { id, execution, parent, name } = instance;
    const event = { type: 'ExecutionStarted', name, ...(parent && { parent }), guids: turn.guids } as const;
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

  /** Tells whoever started a sub-orchestration what it came to. `stored` is the result as the log has it. */
  tellParent(
    batch: Batch,
    parent: Instance['parent'],
    outcome: { failure: FailureDetails } | { result: unknown; stored: unknown },
  ): void {
    if (!parent) return;
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
  idempotencyKey(id: string, taskKey: string): string {
    return `${this.#taskHub}/${this.#databaseId}/${id}/${taskKey}`;
  }

  #send(batch: Batch, message: Message): void {
    this.#mailboxes.push({ ...message, producedBy: batch });
  }

  /** The instance has ended: nothing of it runs or waits any more. */
  end(batch: Batch, instance: Instance, status: InstanceState): void {
    batch.cancelTimers(instance, this.#tail.get(instance.id)?.open.values() ?? []);
    this.setStatus(batch, instance, status);
    instance.run = undefined;
    instance.parked = undefined;
  }

  setStatus(batch: Batch, instance: Instance, status: InstanceState): void {
    batch.count(instance.name, instance.status, -1);
    instance.status = status;
    batch.count(instance.name, status, 1);
  }
}

/** Sets a key only where there is a value: what is undefined takes no room in the log. */
function withValue<T extends object, K extends string>(target: T, key: K, value: unknown): T {
  return value === undefined ? target : { ...target, [key]: value };
}
