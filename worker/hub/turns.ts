/**
 * Runs the turns of a batch: takes an instance's messages, one after the other, and writes into the batch what they
 * lead to. Nothing here leaves the hub; that happens when the batch is committed.
 */
import {
  closest,
  type DecisionEvent,
  type Execution,
  InstanceExistsError,
  InstanceNotFoundError,
  InstanceNotRunningError,
  InstanceRunningError,
  type MessageEvent,
  type PerdureError,
  StorageError,
  type Turn,
  toFailure,
  UnknownOrchestrationError,
} from '../../src/core';
import type { Batch } from './batch';
import type { Decisions } from './decisions';
import { Instance } from './instance';
import type { Instances } from './instances';
import type { Mailboxes } from './mailboxes';
import type { DeliverMessage, FailMessage, LookMessage, Message, StartMessage } from './message';
import { pack } from './payloads';
import type { HubSurroundings } from './surroundings';

export class Turns {
  constructor(
    readonly hub: HubSurroundings,
    readonly instances: Instances,
    readonly mailboxes: Mailboxes,
    readonly decisions: Decisions,
  ) {}

  /** Handles the messages of an instance that the batch took last, in order. Events that follow one another share a turn. */
  async handle(batch: Batch, id: string, messages: readonly Message[]): Promise<void> {
    this.instances.touch(id);
    let events: DeliverMessage[] = [];
    const play = async () => {
      const instance = this.instances.get(id);
      if (instance && events.length > 0) await this.#play(batch, instance, events);
      events = [];
    };
    for (const [i, message] of messages.entries()) {
      if (this.instances.get(id)?.continuing && message.kind !== 'start') {
        this.mailboxes.putBack(batch.taken.splice(i - messages.length));
        break;
      }
      if (message.kind === 'deliver' && message.event.type !== 'ExecutionTerminated') {
        if (this.#accepts(batch, message)) events.push(message);
        continue;
      }
      await play();
      if (message.kind === 'start') await this.#start(batch, message);
      else if (message.kind === 'purge') this.#purge(batch, message);
      else if (message.kind === 'retry') await this.#retry(batch, id);
      else if (message.kind === 'look') await this.#look(batch, message);
      else if (message.kind === 'fail') this.#fail(batch, message);
      else if (message.kind === 'refuse') batch.reply(message, { error: message.error });
      else if (this.#accepts(batch, message)) this.#terminate(batch, message);
    }
    await play();
  }

  /** Whether the message is for an execution that runs; who sent a command hears why if not. */
  #accepts(batch: Batch, message: DeliverMessage): boolean {
    const { to, execution, event } = message;
    const instance = this.instances.get(to);
    if (!instance) {
      batch.reply(message, { error: new InstanceNotFoundError(`there is no instance '${to}'`) });
      return false;
    }
    if (instance.hasEnded) {
      const what = event.type === 'EventRaised' ? `takes no event '${event.name}' any more` : 'cannot be terminated';
      batch.reply(message, {
        error: new InstanceNotRunningError(`instance '${to}' ${what}: it is ${instance.status} already`),
      });
      return false;
    }
    if (execution !== undefined && execution !== instance.execution) return false;
    batch.reply(message, {});
    return true;
  }

  // ------------------------------------------------------------------------------------------------ what can happen

  async #start(batch: Batch, message: StartMessage): Promise<void> {
    const { to: id, event, continues } = message;
    const existing = this.instances.get(id);
    if (continues !== undefined && (existing?.execution !== continues || existing.hasEnded)) return;
    if (continues === undefined && existing && !existing.hasEnded) {
      this.#refuseStart(batch, message, new InstanceExistsError(`instance '${id}' is ${existing.status} already`));
      return;
    }
    if (!this.hub.orchestrations.has(event.name) && continues === undefined) {
      this.#refuseStart(batch, message, unknownOrchestration(event.name, this.hub.orchestrations.keys()));
      return;
    }
    const createdTime = continues === undefined ? batch.time : (existing?.createdTime ?? batch.time);
    const instance = new Instance(id, batch.nextExecution(), event.name, createdTime);
    instance.parent = event.parent;
    batch.create(instance);
    if (existing) batch.count(existing.name, existing.status, -1);
    batch.count(instance.name, instance.status, 1);
    this.instances.forget(id);
    this.instances.add(instance);
    this.decisions.setStatus(batch, instance, 'Running');
    batch.reply(message, { value: id });
    await this.#run(batch, instance, [event, ...(message.kept ?? [])], () => this.instances.begin(instance));
  }

  #refuseStart(batch: Batch, message: StartMessage, error: PerdureError): void {
    batch.reply(message, { error });
    this.decisions.tellParent(batch, message.event.parent, { failure: toFailure(error) });
  }

  #purge(batch: Batch, message: Message): void {
    const instance = this.instances.get(message.to);
    if (!instance) {
      batch.reply(message, { error: new InstanceNotFoundError(`there is no instance '${message.to}'`) });
    } else if (!instance.hasEnded) {
      batch.reply(message, {
        error: new InstanceRunningError(
          `instance '${message.to}' is ${instance.status}: terminate it before it is purged`,
        ),
      });
    } else {
      batch.delete(instance);
      batch.count(instance.name, instance.status, -1);
      this.instances.forget(instance.id);
      batch.reply(message, {});
    }
  }

  #terminate(batch: Batch, message: DeliverMessage): void {
    const instance = this.instances.get(message.to) as Instance;
    const { reason } = message.event as { reason?: string };
    batch.append(instance, [message.event]);
    this.decisions.end(batch, instance, 'Terminated');
    batch.cancelAll(
      instance,
      this.instances.tail.get(instance.id)?.open.keys() ?? [],
      reason ?? 'the instance was terminated',
    );
    const failure = { name: 'InstanceTerminatedError', message: reason ?? 'terminated', code: 'InstanceTerminated' };
    this.decisions.tellParent(batch, instance.parent, { failure });
  }

  #fail(batch: Batch, { to, failure }: FailMessage): void {
    const instance = this.instances.get(to);
    if (!instance || instance.hasEnded) return;
    batch.append(instance, [{ type: 'ExecutionCompleted', status: 'Failed', failure }]);
    this.decisions.end(batch, instance, 'Failed');
    this.decisions.tellParent(batch, instance.parent, { failure });
  }

  async #retry(batch: Batch, id: string): Promise<void> {
    const instance = this.instances.get(id);
    if (!instance?.parked || instance.hasEnded) return;
    instance.parked = undefined;
    batch.change(instance, { parked: null });
    await this.#run(batch, instance, [], () => this.instances.revive(instance));
  }

  async #look(batch: Batch, { to, execution }: LookMessage): Promise<void> {
    const instance = this.instances.get(to);
    if (!instance?.run || instance.execution !== execution || instance.hasEnded) return;
    await this.#run(batch, instance, [], () => this.instances.revive(instance));
  }

  async #play(batch: Batch, instance: Instance, messages: readonly DeliverMessage[]): Promise<void> {
    const events = messages.map((message) => message.event);
    if (instance.parked) batch.append(instance, events);
    else await this.#run(batch, instance, events, () => this.instances.revive(instance));
  }

  // ------------------------------------------------------------------------------------------------ the turn itself

  /** Runs one turn. If the orchestrator cannot go on, the instance is parked, and what came for it is kept. */
  async #run(
    batch: Batch,
    instance: Instance,
    events: readonly MessageEvent[],
    begin: () => Execution | Promise<Execution>,
  ): Promise<void> {
    let turn: Turn;
    try {
      const run = instance.run ?? (await begin());
      const { unplayed } = instance;
      const running = run.turn(batch.time, unplayed.length > 0 ? [...unplayed, ...events] : events, unplayed.length);
      turn = running instanceof Promise ? await running : running;
    } catch (error) {
      // What the storage could not read now, it may read later; the batch as a whole is tried again.
      if (error instanceof StorageError) throw error;
      this.#park(batch, instance, events, error);
      return;
    }
    instance.unplayed = [];
    if (turn.events.length === 0) return;
    this.#write(batch, instance, turn);
  }

  #park(batch: Batch, instance: Instance, events: readonly MessageEvent[], error: unknown): void {
    const { code = 'Error', message } = toFailure(error);
    instance.run = undefined;
    instance.parked = { code, reason: message };
    batch.append(instance, events);
    batch.change(instance, { parked: instance.parked });
  }

  #write(batch: Batch, instance: Instance, turn: Turn): void {
    const { decisions } = turn;
    const status = turn.customStatus && {
      customStatus: pack(turn.customStatus.value, 'the custom status', instance, batch.payloads),
    };
    const packed = batch.append(instance, turn.events);
    if (status) batch.change(instance, status);
    if (turn.waits) batch.change(instance, { waits: turn.waits });
    // The decisions stand before the turn's end, in both forms.
    const first = packed.length - 1 - decisions.length;
    for (const [i, decision] of decisions.entries()) {
      this.decisions.carryOut(batch, instance, decision, packed[first + i] as DecisionEvent, turn);
    }
  }
}

/** The error for a name that nothing is registered under. */
export function unknownOrchestration(name: string, known: Iterable<string>): UnknownOrchestrationError {
  const suggestion = closest(name, [...known]);
  return new UnknownOrchestrationError(
    `no orchestration '${name}' is registered${suggestion ? `; did you mean '${suggestion}'?` : ': export it from the module given to serve({ orchestrations })'}`,
  );
}
