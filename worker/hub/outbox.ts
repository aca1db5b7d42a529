/**
 * Commands of a tab that does not own the hub, on their way to the one that does. They lie in the database, so that they
 * are as safe as an owner's own; the channel between the tabs carries hints only, and one that is lost costs time, never
 * data.
 */
import { OutcomeUnknownError, toError } from '../../src/core';
import type { Coding } from '../codec';
import { clock as browserClock } from '../platform';
import { mayBeWritten } from '../store/failures';
import type { Store } from '../store/store';
import type { Command } from './commands';
import type { Caller } from './message';
import type { Source } from './payloads';
import { isFinal } from './refusal';
import { seal } from './sealing';
import { SharedLook } from './shared-look';
import type { TimerClock } from './timers';

/** It looks for outcomes this often, should a hint be lost, in milliseconds. */
const lookEveryMs = 1_000;
/** Every so many looks, whether what it waits for is there at all: who sleeps for a day finds old outcomes swept. */
const looksPerCheck = 30;

/** Posts commands, and waits for what became of them. */
export class Outbox {
  readonly #store: Store;
  readonly #coding: Coding;
  readonly #waiting = new Map<number, Caller['done']>();
  readonly #clock: TimerClock;
  /** This tab's code: the owner may not know what it asks for. */
  readonly #build: string;
  #timer: unknown;
  #looks = 0;
  readonly #looking = new SharedLook(() => this.#lookNow());

  constructor({ store, coding }: Source, build = '', clock: TimerClock = browserClock) {
    this.#store = store;
    this.#coding = coding;
    this.#build = build;
    this.#clock = clock;
  }

  /** Resolves once the command is stored; `done` is called when it was carried out or refused. */
  async post({ method, request }: Command, done: Caller['done']): Promise<void> {
    const args = [await seal(request, this.#coding)];
    const number = await this.#store.post({ build: this.#build, method, args }).catch(async (error: unknown) => {
      if (!mayBeWritten(error)) throw error;
      // In a database that is gone, nobody will find it.
      await this.#store.read({}).catch((unread: unknown) => {
        if (isFinal(unread)) throw unread;
      });
      const unknown = 'the storage failed as this call was written to it; whether it will be carried out is not known';
      throw new OutcomeUnknownError(unknown, { cause: error });
    });
    this.#waiting.set(number, done);
    this.#lookLater();
  }

  /** Looks for outcomes. */
  look(): Promise<void> {
    return this.#looking.take();
  }

  async #lookNow(): Promise<void> {
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
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  /** What lies neither in the inbox nor among the outcomes will never be told. */
  async #check(): Promise<void> {
    const numbers = [...this.#waiting.keys()];
    const { inbox, outcomes } = await this.#store.read({ outcomes: numbers, inboxAbove: Math.min(...numbers) - 1 });
    const known = new Set([...outcomes.keys(), ...inbox.map(({ number }) => number)]);
    for (const number of numbers) {
      if (known.has(number)) continue;
      const done = this.#waiting.get(number);
      this.#waiting.delete(number);
      done?.({ error: new OutcomeUnknownError('what became of this call was kept for a day, and is gone') });
    }
  }

  /** What is asked of a database that is gone will never be answered. */
  #failed(error: unknown): void {
    if (!isFinal(error)) return;
    for (const done of this.#waiting.values()) done({ error });
    this.#waiting.clear();
  }

  #lookLater(): void {
    this.#timer ??= this.#clock.setTimer(async () => {
      this.#timer = undefined;
      await this.look()
        .then(() => (++this.#looks % looksPerCheck === 0 && this.#waiting.size > 0 ? this.#check() : undefined))
        .catch((error) => this.#failed(error));
      if (this.#waiting.size > 0) this.#lookLater();
    }, lookEveryMs);
  }
}
