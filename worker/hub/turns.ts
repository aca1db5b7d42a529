/**
 * Runs the turns of a batch: takes an instance's messages, one after the other, and writes into the batch what they
 * lead to. Nothing here leaves the hub; that happens when the batch is committed.
 */
import {
  type DecisionEvent,
  type Execution,
  type ExecutionStarted,
  type ExecutionTerminated,
  InstanceExistsError,
  InstanceNotFoundError,
  InstanceNotRunningError,
  type MessageEvent,
  type PerdureError,
  StorageError,
  type Turn,
  toFailure,
} from '../../src/core';
import type { Batch } from './batch';
import type { Decisions } from './decisions';
import { Instance } from './instance';
import type { Instances } from './instances';
import type { Mailboxes } from './mailboxes';
import type {
  BeginMessage,
  DeliverMessage,
  FailMessage,
  LookMessage,
  Message,
  ParkMessage,
  StartMessage,
} from './message';
import {
  heartbeat,
  importCopies,
  isChildOf,
  purge,
  restart,
  resume,
  rewind,
  suspend,
  terminate,
  undoSteps,
  unpark,
  type Work,
} from './orders';
import { alone, holding, isFree } from './realm';
import type { HubSurroundings } from './surroundings';
import { startTimer } from './timers';

export class Turns implements Work {
  /** What must not run, since it killed the hub's owners: the instance's id, and why. */
  suspect: { id: string; reason: string } | undefined;

  constructor(
    readonly hub: HubSurroundings,
    readonly instances: Instances,
    readonly mailboxes: Mailboxes,
    readonly decisions: Decisions,
  ) {}

  /**
   * Handles the messages of an instance that the batch took last, in order. Events that follow one another share a turn.
   * It takes no longer than it must: each wait for a promise costs as much as a small turn.
   */
  handle(batch: Batch, id: string, messages: readonly Message[]): void | Promise<void> {
    this.instances.touch(id);
    const instance = this.instances.get(id);
    if (!instance || instance.continuing || !messages.every(isEvent)) return this.#handleEach(batch, id, messages);
    const events = messages.filter((message) => this.#accepts(batch, message));
    if (events.length > 0) return this.#play(batch, instance, events);
  }

  async #handleEach(batch: Batch, id: string, messages: readonly Message[]): Promise<void> {
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
      if (isEvent(message)) {
        if (this.#accepts(batch, message)) events.push(message);
        continue;
      }
      await play();
      await this.#handleOther(batch, message);
    }
    await play();
  }

  async #handleOther(batch: Batch, message: Message): Promise<void> {
    switch (message.kind) {
      case 'start':
        return this.#start(batch, message);
      case 'begin':
        return this.#begin(batch, message);
      case 'deliver':
        if (this.#accepts(batch, message)) {
          await terminate(
            this,
            batch,
            this.instances.get(message.to) as Instance,
            message.event as ExecutionTerminated,
          );
          // What is started under its id from now on is another instance.
          if (this.suspect?.id === message.to) this.suspect = undefined;
        }
        return;
      case 'suspend':
        return suspend(this, batch, message);
      case 'resume': {
        // Who resumes it wants it to be tried again, whatever it has done.
        if (this.suspect?.id === message.to) this.suspect = undefined;
        const instance = resume(this, batch, message);
        return instance && this.#goOn(batch, instance);
      }
      case 'rewind': {
        const instance = await rewind(this, batch, message);
        if (!instance) return;
        await this.#goOn(batch, instance);
        // Nothing has told yet what it waits for, if nothing was played.
        if (instance.run) batch.change(instance, { waits: instance.run.waits });
        return;
      }
      case 'restart':
        return restart(this, batch, message);
      case 'import': {
        const imported = await importCopies(this, batch, message);
        for (const instance of imported) await this.#goOn(batch, instance);
        return;
      }
      case 'purge':
        return purge(this, batch, message);
      case 'heartbeat':
        return heartbeat(this, batch, message);
      case 'park':
        return this.#parkSuspect(batch, message);
      case 'retry':
        return this.#retry(batch, message.to);
      case 'look':
        return this.#look(batch, message);
      case 'fail':
        return this.#fail(batch, message);
      case 'answer':
        return batch.reply(message, message.outcome);
      case 'purgeBy':
        throw new TypeError('a message for the hub came to an instance');
    }
  }

  /** Whether the message is for an execution that runs; who sent a command hears why if not. */
  #accepts(batch: Batch, message: DeliverMessage): boolean {
    const { to, execution, parent, event } = message;
    const instance = this.instances.get(to);
    if (!instance) {
      this.#dropped(batch, message, new InstanceNotFoundError(`there is no instance '${to}'`));
      return false;
    }
    if (instance.hasEnded) {
      const what = event.type === 'EventRaised' ? `takes no event '${event.name}' any more` : 'cannot be terminated';
      const error = new InstanceNotRunningError(`instance '${to}' ${what}: it is ${instance.status} already`);
      this.#dropped(batch, message, error);
      return false;
    }
    if (execution !== undefined && execution !== instance.execution) return false;
    if (parent && !isChildOf(instance, parent)) return false;
    batch.reply(message, {});
    return true;
  }

  /** What an orchestrator sends has no caller who could be told. */
  #dropped(batch: Batch, message: DeliverMessage, error: PerdureError): void {
    batch.reply(message, { error });
    const { event, caller, execution } = message;
    if (event.type === 'EventRaised' && !caller && execution === undefined) {
      this.hub.log(message.to, [`event '${event.name}' was dropped:`, error.message]);
    }
  }

  // ------------------------------------------------------------------------------------------------ what can happen

  async #start(batch: Batch, message: StartMessage): Promise<void> {
    const { to: id, continues, onExisting = 'replaceTerminal' } = message;
    const event = this.#adapted(message, batch.time);
    const existing = this.instances.get(id);
    if (continues !== undefined) {
      if (existing?.execution !== continues || existing.hasEnded) return;
    } else {
      if (existing && onExisting === 'return') return batch.reply(message, { value: id });
      if (existing && (onExisting === 'reject' || (onExisting === 'replaceTerminal' && !existing.hasEnded))) {
        const error = new InstanceExistsError(`instance '${id}' is ${existing.status} already`);
        return this.#refuseStart(batch, message, error);
      }
      const { orchestrations } = this.hub;
      if (!orchestrations.find(event.name, event.version)) {
        return this.#refuseStart(batch, message, orchestrations.unknown(event.name, event.version));
      }
      if (existing && !existing.hasEnded)
        await terminate(this, batch, existing, { reason: 'replaced by a new instance' });
    }
    const createdTime = continues === undefined ? batch.time : (existing?.createdTime ?? batch.time);
    const instance = new Instance(id, batch.nextExecution(), event.name, createdTime);
    instance.parent = event.parent;
    instance.version = event.version;
    instance.tags = event.tags;
    if (existing) instance.isParent = existing.isParent;
    instance.startAt = event.startAt;
    batch.create(instance);
    if (existing) batch.count(existing.name, existing.counted, -1);
    this.instances.forget(id);
    this.instances.add(instance);
    batch.reply(message, { value: id });
    if (event.startAt !== undefined) {
      batch.count(instance.name, instance.counted, 1);
      batch.append(instance, [event]);
      batch.timers.push({ id, execution: instance.execution, taskId: startTimer, fireAt: event.startAt });
      return;
    }
    instance.status = 'Running';
    batch.count(instance.name, instance.counted, 1);
    await this.#run(batch, instance, [event, ...(message.kept ?? [])], () => this.instances.begin(instance));
  }

  /** What is started without a version gets the current one; what is to begin at a time that has passed begins now. */
  #adapted({ event, continues }: StartMessage, now: number): ExecutionStarted {
    const { version } = this.hub.orchestrations;
    const adapted = { ...event };
    if (version !== undefined && continues === undefined) adapted.version ??= version;
    if (event.startAt !== undefined && event.startAt <= now) delete adapted.startAt;
    return adapted;
  }

  #refuseStart(batch: Batch, message: StartMessage, error: PerdureError): void {
    batch.reply(message, { error });
    const { parent } = message.event;
    this.decisions.tellParent(batch, parent, { failure: toFailure(error) });
    if (parent?.detached) this.hub.log(message.to, [`'${parent.instanceId}' could not start it:`, error.message]);
  }

  async #begin(batch: Batch, { to, execution }: BeginMessage): Promise<void> {
    const instance = this.instances.get(to);
    if (instance?.execution === execution && !instance.hasEnded) await this.#goOn(batch, instance);
  }

  /** Plays what has been kept for an instance, unless it is held still. */
  async #goOn(batch: Batch, instance: Instance): Promise<void> {
    if (instance.hasEnded) return;
    const { id, execution, startAt } = instance;
    // The clock was put back, and it is not the time yet: the timer has fired, and must fire again.
    if (startAt !== undefined && startAt > batch.time) {
      batch.timers.push({ id, execution, taskId: startTimer, fireAt: startAt });
    }
    if (instance.isHeld(batch.time)) return;
    await this.#run(batch, instance, [], () => this.instances.revive(instance));
  }

  async #fail(batch: Batch, { to, failure }: FailMessage): Promise<void> {
    const instance = this.instances.get(to);
    if (!instance || instance.hasEnded) return;
    batch.append(instance, [{ type: 'ExecutionCompleted', status: 'Failed', failure }]);
    await undoSteps(this, batch, instance);
    this.decisions.end(batch, instance, 'Failed');
    this.decisions.tellParent(batch, instance.parent, { failure });
  }

  async #retry(batch: Batch, id: string): Promise<void> {
    const instance = this.instances.get(id);
    if (!instance?.parked || instance.hasEnded) return;
    unpark(batch, instance);
    await this.#goOn(batch, instance);
  }

  async #look(batch: Batch, { to, execution }: LookMessage): Promise<void> {
    const instance = this.instances.get(to);
    if (instance?.run && instance.execution === execution) await this.#goOn(batch, instance);
  }

  #play(batch: Batch, instance: Instance, messages: readonly DeliverMessage[]): void | Promise<void> {
    const events = messages.map((message) => message.event);
    if (!instance.isHeld(batch.time)) return this.#run(batch, instance, events, () => this.instances.revive(instance));
    this.#keep(batch, instance, events);
  }

  /** For a later turn. A live orchestrator does not look into its history again. */
  #keep(batch: Batch, instance: Instance, events: readonly MessageEvent[]): void {
    batch.append(instance, events);
    if (instance.run) instance.unplayed.push(...events);
  }

  // ------------------------------------------------------------------------------------------------ the turn itself

  /** Runs one turn. If the orchestrator cannot go on, the instance is parked, and what came for it is kept. */
  #run(
    batch: Batch,
    instance: Instance,
    events: readonly MessageEvent[],
    begin: () => Execution | Promise<Execution>,
  ): void | Promise<void> {
    if (this.suspect?.id === instance.id) return this.#park(batch, instance, events, 'Suspect', this.suspect.reason);
    let running: Turn | Promise<Turn>;
    try {
      running = this.#turn(batch, instance, events, begin);
    } catch (error) {
      return this.#failed(batch, instance, events, error);
    }
    if (!(running instanceof Promise)) return this.#played(batch, instance, running);
    return running.then(
      (turn) => this.#played(batch, instance, turn),
      (error) => this.#failed(batch, instance, events, error),
    );
  }

  #turn(
    batch: Batch,
    instance: Instance,
    events: readonly MessageEvent[],
    begin: () => Execution | Promise<Execution>,
  ): Turn | Promise<Turn> {
    const { coding } = this.hub;
    const play = (run: Execution) => {
      const { unplayed } = instance;
      const messages = unplayed.length > 0 ? [...unplayed, ...events] : events;
      return run.turn(batch.time, messages, unplayed.length);
    };
    // One that lives, and has nobody to wait for, is what most turns are.
    if (instance.run && !coding.isOn && isFree()) return holding(play(instance.run));
    return alone(() => {
      const run = instance.run ?? begin();
      const apart = (revived: Execution) => coding.apart(() => play(revived));
      return run instanceof Promise ? run.then(apart) : apart(run);
    });
  }

  #played(batch: Batch, instance: Instance, turn: Turn): void | Promise<void> {
    if (instance.unplayed.length > 0) instance.unplayed = [];
    if (turn.events.length === 0) return;
    this.#write(batch, instance, turn);
    // A scope that was not awaited may have been under way, or about to undo its steps.
    if (instance.hasEnded) return undoSteps(this, batch, instance);
  }

  #failed(batch: Batch, instance: Instance, events: readonly MessageEvent[], error: unknown): void {
    // What the storage could not read now, it may read later; the batch as a whole is tried again.
    if (error instanceof StorageError) throw error;
    const { code = 'Error', message } = toFailure(error);
    this.#park(batch, instance, events, code, message);
  }

  #park(batch: Batch, instance: Instance, events: readonly MessageEvent[], code: string, reason: string): void {
    instance.run = undefined;
    instance.unplayed = [];
    const parked = { code, reason, build: this.hub.build };
    batch.recount(instance, () => {
      instance.parked = parked;
    });
    batch.append(instance, events);
    batch.change(instance, { parked });
  }

  #parkSuspect(batch: Batch, { to, execution, code, reason }: ParkMessage): void {
    const instance = this.instances.get(to);
    if (instance?.execution !== execution || instance.hasEnded || instance.parked) return;
    this.#park(batch, instance, [], code, reason);
  }

  #write(batch: Batch, instance: Instance, turn: Turn): void {
    const { decisions } = turn;
    if (instance.status === 'Pending') {
      batch.recount(instance, () => {
        instance.status = 'Running';
      });
      instance.startAt = undefined;
    }
    const packed = batch.append(instance, turn.events);
    if (turn.customStatus) batch.setStatus(instance, turn.customStatus.value);
    if (turn.waits) batch.change(instance, { waits: turn.waits });
    // The decisions stand before the turn's end, in both forms.
    const first = packed.length - 1 - decisions.length;
    for (const [i, decision] of decisions.entries()) {
      this.decisions.carryOut(batch, instance, decision, packed[first + i] as DecisionEvent, turn);
    }
  }
}

/** Whether it is for the orchestrator. */
function isEvent(message: Message): message is DeliverMessage {
  return message.kind === 'deliver' && message.event.type !== 'ExecutionTerminated';
}
