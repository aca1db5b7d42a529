/**
 * Commands of tabs that do not own the hub. They lie in the database, so that they are as safe as an owner's own; the
 * channel between the tabs carries hints only, and one that is lost costs time, never data.
 */
import { PerdureError, toError, toFailure } from '../../src/core';
import type { Coding } from '../codec';
import { clearTimer, setTimer, type Timer } from '../platform';
import type { Store } from '../store/store';
import { type Command, messageOf } from './commands';
import type { Caller, Message } from './message';
import type { Source } from './payloads';
import { isFinal } from './refusal';
import { open, seal } from './sealing';

/** A sender looks for outcomes this often, should a hint be lost, in milliseconds. */
const lookEveryMs = 1_000;

/** The sender's side: posts commands, and waits for what became of them. */
export class Outbox {
  readonly #store: Store;
  readonly #coding: Coding;
  readonly #waiting = new Map<number, Caller['done']>();
  #timer: Timer | undefined;

  constructor({ store, coding }: Source) {
    this.#store = store;
    this.#coding = coding;
  }

  /** Resolves once the command is stored; `done` is called when it was carried out or refused. */
  async post({ method, request }: Command, done: Caller['done']): Promise<void> {
    const number = await this.#store.post({ build: '', method, args: [await seal(request, this.#coding)] });
    this.#waiting.set(number, done);
    this.#lookLater();
  }

  /** Looks for outcomes. */
  async look(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const { outcomes } = await this.#store.read({ outcomes: [...this.#waiting.keys()] });
    if (outcomes.size === 0) return;
    for (const [number, { failure, value }] of outcomes) {
      const done = this.#waiting.get(number);
      this.#waiting.delete(number);
      done?.(failure ? { error: toError(await this.#coding.decodeFailure(failure)) } : { value });
    }
    // One that stays is swept later.
    await this.#store.forget([...outcomes.keys()]).catch(() => {});
  }

  stop(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  /** What is asked of a database that is gone will never be answered. */
  #failed(error: unknown): void {
    if (!isFinal(error)) return;
    for (const done of this.#waiting.values()) done({ error });
    this.#waiting.clear();
  }

  #lookLater(): void {
    this.#timer ??= setTimer(async () => {
      this.#timer = undefined;
      await this.look().catch((error) => this.#failed(error));
      if (this.#waiting.size > 0) this.#lookLater();
    }, lookEveryMs);
  }
}

/** The owner's side: takes the commands, each once. */
export class Inbox {
  readonly #source: Source;
  readonly #submit: (message: Message) => void;
  readonly #onOutcome: () => void;
  #taken = 0;
  #taking: Promise<void> = Promise.resolve();

  /** @param onOutcome a command's outcome has been committed */
  constructor(source: Source, submit: (message: Message) => void, onOutcome: () => void) {
    this.#source = source;
    this.#submit = submit;
    this.#onOutcome = onOutcome;
  }

  /** Takes what has come since the last time. */
  take(): Promise<void> {
    this.#taking = this.#taking.catch(() => {}).then(() => this.#take());
    return this.#taking;
  }

  async #take(): Promise<void> {
    const { inbox } = await this.#source.store.read({ inboxAbove: this.#taken });
    for (const { number, method, args } of inbox) {
      this.#taken = number;
      const caller: Caller = { inbox: number, done: this.#onOutcome };
      this.#submit(await this.#messageFrom(method, args[0], caller));
    }
  }

  async #messageFrom(method: string, sealed: unknown, caller: Caller): Promise<Message> {
    try {
      return messageOf({ method, request: await open(sealed, this.#source.coding) } as Command, caller);
    } catch (error) {
      const refusal = error instanceof PerdureError ? error : toError({ ...toFailure(error), name: 'TypeError' });
      return { kind: 'answer', to: '', caller, outcome: { error: refusal } };
    }
  }
}
