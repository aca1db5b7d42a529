/**
 * The commands of tabs that do not own the hub, as the owner takes them: each once, in the order in which they came. What
 * a tab of another build asks for and this one does not know stays where it is until that build runs, or is refused when
 * no tab of it is left.
 */
import { PerdureError, toError, toFailure } from '../../src/core';
import type { InboxRecord } from '../store/records';
import { type Command, messageOf } from './commands';
import type { Caller, Message } from './message';
import type { Source } from './payloads';
import type { Registry } from './registry';
import { open } from './sealing';
import { SharedLook } from './shared-look';

export interface InboxOptions extends Source {
  submit(message: Message): void;
  /** A command's outcome has been committed. */
  onOutcome(): void;
  /** What this owner's code is; without it, everything is its own. */
  build?: string;
  orchestrations?: Registry;
  /** Which of these builds have a tab that is open. */
  livingBuilds?(builds: ReadonlySet<string>): Promise<ReadonlySet<string>>;
}

export class Inbox {
  readonly #options: InboxOptions;
  /** What came from other builds and is not known here. */
  #strange: { build: string; message: Message }[] = [];
  #taken = 0;
  readonly #taking = new SharedLook(() => this.#take());
  #isTelling = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Takes what has come since the last time. */
  take(): Promise<void> {
    return this.#taking.take();
  }

  async #take(): Promise<void> {
    const { store, submit } = this.#options;
    const { inbox } = await store.read({ inboxAbove: this.#taken });
    for (const record of inbox) {
      const message = await this.#messageFrom(record);
      this.#taken = record.number;
      if (this.#isStrange(record, message)) this.#strange.push({ build: record.build, message });
      else submit(message);
    }
    await this.#settleStrange();
  }

  /** Once for all that a commit has carried out: each tab looks for all of its outcomes then. */
  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      this.#options.onOutcome();
    });
  }

  #isStrange({ build }: InboxRecord, message: Message): boolean {
    const { build: own = build, orchestrations } = this.#options;
    if (build === own) return false;
    // It may be of a kind, or say something, that is known there only.
    if (message.kind === 'answer') return true;
    if (message.kind !== 'start' || !orchestrations) return false;
    const { name, version = orchestrations.version } = message.event;
    return orchestrations.find(name, version) === undefined;
  }

  /** The hub refuses what nobody is left to carry out. */
  async #settleStrange(): Promise<void> {
    const { livingBuilds, submit } = this.#options;
    if (this.#strange.length === 0) return;
    const living = await livingBuilds?.(new Set(this.#strange.map(({ build }) => build)));
    const kept = [];
    for (const each of this.#strange) {
      if (living?.has(each.build)) kept.push(each);
      else submit(each.message);
    }
    this.#strange = kept;
  }

  async #messageFrom({ number, method, args }: InboxRecord): Promise<Message> {
    const caller: Caller = { inbox: number, done: () => this.#tell() };
    try {
      return messageOf({ method, request: await open(args[0], this.#options.coding) } as Command, caller);
    } catch (error) {
      const refusal = error instanceof PerdureError ? error : toError({ ...toFailure(error), name: 'TypeError' });
      return { kind: 'answer', to: '', caller, outcome: { error: refusal } };
    }
  }
}
