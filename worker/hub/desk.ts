/**
 * What a page and its host say to each other: calls come in and are answered, and what the page follows is shown to it.
 * Whoever has a hub to carry out commands can have a desk.
 */
import { InstanceNotFoundError, toFailure } from '../../src/core';
import type { Call, HostMessage, HubDetails, PageMessage, Reply } from '../../src/protocol';
import { clock as browserClock } from '../platform';
import type { Tail } from '../store/tail';
import { type Command, isCommand } from './commands';
import { Ends } from './ends';
import type { Caller } from './message';
import type { Source } from './payloads';
import { Queries } from './queries';
import type { StateOf } from './task-state';
import type { TimerClock } from './timers';
import { Watches } from './watches';

/** A command of the page, and where its outcome is to go. */
export interface Errand {
  readonly command: Command;
  readonly done: Caller['done'];
}

export interface DeskOptions {
  /** Where queries look. */
  source: Source;
  /** The tail of the hub that runs here, if one does. */
  ownTail(): Tail | undefined;
  /** What is known of an open activity, by its key, beyond what is recorded. */
  stateOf?: StateOf;
  /** What is told of the hub. */
  details?(): Promise<HubDetails>;
  clock?: TimerClock;
  carryOut(errand: Errand): void;
  post(message: HostMessage): void;
}

type Query = Exclude<Call, Command | { method: 'waitForEnd' }>;

export class Desk {
  readonly queries: Queries;
  readonly #options: DeskOptions;
  readonly #watches: Watches;
  readonly #ends: Ends;
  #replies: Reply[] = [];

  constructor(options: DeskOptions) {
    this.#options = options;
    this.queries = new Queries(options.source, options.ownTail, options.stateOf);
    this.#watches = new Watches({
      queries: this.queries,
      details: options.details ?? (async () => ({})),
      clock: options.clock ?? browserClock,
      tell: (watches) => options.post({ kind: 'seen', watches }),
    });
    this.#ends = new Ends(this.queries, options.ownTail, (reply) => this.#reply(reply));
  }

  /** Takes what concerns calls and watches. */
  receive(message: PageMessage): void {
    switch (message.kind) {
      case 'calls':
        for (const call of message.calls) this.#call(call);
        break;
      case 'forget':
        this.#ends.forget(message.ids);
        break;
      case 'watch':
        this.#watches.add(message.watch, message.watched);
        break;
      case 'unwatch':
        this.#watches.remove(message.watch);
        break;
    }
  }

  /** @param ids the instances that changed; undefined if nobody knows which */
  show(ids: ReadonlySet<string> | undefined): void {
    this.#watches.changed(ids);
    this.#ends.changed(ids);
  }

  /** What is not recorded has changed: how far activities are, or whether what they wait for holds. */
  showUnrecorded(ids: ReadonlySet<string> | undefined): void {
    this.#watches.changed(ids, false);
  }

  /** What is told of the hub may have changed. */
  showHub(): void {
    this.#watches.hubChanged();
  }

  /** Whether the page follows or waits for anything that is recorded. */
  get isAsked(): boolean {
    return this.#watches.isAsked || this.#ends.isAsked;
  }

  stop(): void {
    this.#watches.stop();
  }

  #call(call: Call): void {
    const { id } = call;
    if (call.method === 'waitForEnd') {
      this.#ends.wait(id, call.request.instanceId);
    } else if (isCommand(call)) {
      const done: Caller['done'] = (outcome) =>
        this.#reply('error' in outcome ? { id, failure: toFailure(outcome.error) } : { id, value: outcome.value });
      this.#options.carryOut({ command: call, done });
    } else {
      void this.#answer(call);
    }
  }

  async #answer(call: Query): Promise<void> {
    try {
      this.#reply({ id: call.id, value: await this.#ask(call) });
    } catch (error) {
      this.#reply({ id: call.id, failure: toFailure(error) });
    }
  }

  async #ask({ method, request }: Query): Promise<unknown> {
    await this.queries.confirm();
    switch (method) {
      case 'listInstances':
        return this.queries.list(request);
      case 'countInstances':
        return this.queries.count(request.filter);
      case 'exportInstance':
        return this.queries.export(request.instanceId);
      case 'getStatus': {
        const status = await this.queries.status(request.instanceId, request);
        if (!status) throw new InstanceNotFoundError(`there is no instance '${request.instanceId}'`);
        return status;
      }
    }
  }

  #reply(reply: Reply): void {
    if (this.#replies.push(reply) > 1) return;
    // All replies of one commit travel together.
    queueMicrotask(() => this.#options.post({ kind: 'replies', replies: this.#replies.splice(0) }));
  }
}
