/**
 * Commands of a tab that does not own the hub, on their way to the one that does. They lie in the database, so that they
 * are as safe as an owner's own; the channel between the tabs carries hints only, and one that is lost costs time, never
 * data.
 */
import { toError } from '../../src/core';
import type { Coding } from '../codec';
import { clock as browserClock } from '../platform';
import type { Store } from '../store/store';
import type { Command } from './commands';
import type { Caller } from './message';
import type { Source } from './payloads';
import { isFinal } from './refusal';
import { seal } from './sealing';
import type { TimerClock } from './timers';

/** It looks for outcomes this often, should a hint be lost, in milliseconds. */
const lookEveryMs = 1_000;

/** Posts commands, and waits for what became of them. */
export class Outbox {
  readonly #store: Store;
  readonly #coding: Coding;
  readonly #waiting = new Map<number, Caller['done']>();
  readonly #clock: TimerClock;
  /** This tab's code: the owner may not know what it asks for. */
  readonly #build: string;
  #timer: unknown;

  constructor({ store, coding }: Source, build = '', clock: TimerClock = browserClock) {
    this.#store = store;
    this.#coding = coding;
    this.#build = build;
    this.#clock = clock;
  }

  /** Resolves once the command is stored; `done` is called when it was carried out or refused. */
  async post({ method, request }: Command, done: Caller['done']): Promise<void> {
    const number = await this.#store.post({ build: this.#build, method, args: [await seal(request, this.#coding)] });
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
    this.#clock.clearTimer(this.#timer);
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
    this.#timer ??= this.#clock.setTimer(async () => {
      this.#timer = undefined;
      await this.look().catch((error) => this.#failed(error));
      if (this.#waiting.size > 0) this.#lookLater();
    }, lookEveryMs);
  }
}
