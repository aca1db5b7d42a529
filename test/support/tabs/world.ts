/**
 * A browser with several tabs, in this process: their clocks, locks, channels and one disk. All chance in it follows from
 * a seed, and time stands still until `until` lets it fly.
 */
import type { Orchestrator } from '../../../src/core';
import { hop } from '../../../worker/platform';
import type { Fault } from '../../../worker/store/memory';
import type { LogRecord } from '../../../worker/store/records';
import { Chance } from '../chance';
import { type Activities, VirtualClock } from '../simulation';
import { ChannelServer } from './channels';
import { Disk } from './disk';
import { LockServer } from './locks';
import type { Process } from './process';
import { Tab } from './tab';

/** What a page is loaded with. */
export interface Build {
  name: string | number;
  orchestrations: Record<string, Orchestrator>;
}

export interface WorldOptions {
  seed: number;
  activities: Activities;
}

/** How often things go wrong; none of it does in a calm world. */
export interface Weather {
  /** Of transactions. */
  failing: number;
  /** Of messages between tabs. */
  loss: number;
  doubling: number;
  delayMs: number;
  /** The longest time that a transaction takes, in milliseconds. */
  diskMs: number;
}

export const calm: Weather = { failing: 0, loss: 0, doubling: 0, delayMs: 0, diskMs: 0 };

export class World {
  readonly chance: Chance;
  readonly clock = new VirtualClock();
  readonly activities: Activities;
  readonly locks: LockServer;
  readonly channels: ChannelServer;
  readonly notes = new Map<string, string>();
  readonly tabs: Tab[] = [];
  /** What has been added to the log, in order. */
  readonly records: LogRecord[] = [];
  disk: Disk;
  #weather = calm;

  constructor({ seed, activities }: WorldOptions) {
    this.chance = new Chance(seed);
    this.activities = activities;
    const after = (ms: number, run: () => void) => void this.clock.setTimer(run, ms);
    this.locks = new LockServer((run) => after(this.chance.upTo(2), run));
    this.channels = new ChannelServer(this.chance, after);
    this.disk = this.newDisk();
  }

  set weather(weather: Weather) {
    this.#weather = weather;
    Object.assign(this.channels, { loss: weather.loss, doubling: weather.doubling, delayMs: weather.delayMs });
  }

  /** As if the site's data had been cleared. */
  newDisk(): Disk {
    return new Disk({
      faults: (): Fault => {
        if (!this.chance.is(this.#weather.failing)) return 'ok';
        return this.chance.is(0.5) ? 'fail-before' : 'fail-after';
      },
      takesTime: () => this.#pause(this.chance.upTo(this.#weather.diskMs)),
      onRecord: (record) => this.records.push(structuredClone(record)),
    });
  }

  openTab(build: Build): Tab {
    const tab = new Tab(this, build);
    this.tabs.push(tab);
    return tab;
  }

  /** Those that have not been closed and did not crash. */
  get openTabs(): Tab[] {
    return this.tabs.filter((tab) => tab.isOpen);
  }

  /** Leaves a note for all pages but the one that writes it. */
  leaveNote(writer: Process, key: string, text: string | undefined): void {
    if (text === undefined) this.notes.delete(key);
    else this.notes.set(key, text);
    for (const tab of this.openTabs) if (tab.page !== writer && text !== undefined) tab.hearNote(key, text);
  }

  /** Lets things happen, and time fly, until `look` finds something. */
  async until<T>(look: () => T | undefined | Promise<T | undefined>, ms = 600_000): Promise<T> {
    const end = this.clock.monotonicNow() + ms;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await this.step();
      if (this.clock.monotonicNow() > end) throw new Error(`it did not happen within ${ms} ms`);
    }
  }

  /** Lets things happen while `promise` is awaited. */
  async within<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    promise
      .catch(() => {})
      .finally(() => {
        isSettled = true;
      });
    await this.until(() => isSettled || undefined);
    return promise;
  }

  /** Lets time fly. */
  async pass(ms: number): Promise<void> {
    let isOver = false;
    this.clock.setTimer(() => {
      isOver = true;
    }, ms);
    await this.until(() => isOver || undefined);
  }

  async step(): Promise<void> {
    for (let i = 0; i < 3; i++) await hop();
    if (!this.clock.tick()) throw new Error('nothing will ever happen');
  }

  #pause(ms: number): Promise<void> {
    return ms === 0 ? Promise.resolve() : new Promise((resolve) => this.clock.setTimer(resolve, ms));
  }
}
