/**
 * What the page follows: each watch is asked anew when something changed that concerns it, and told if the answer is
 * new. Changes are gathered for a moment, since a busy hub commits more often than anybody can look.
 */
import { toFailure } from '../../src/core';
import type { HubDetails, Seen, Watched } from '../../src/protocol';
import type { Queries } from './queries';
import type { TimerClock } from './timers';

/** The shortest time between two looks, in milliseconds. */
const gatherMs = 50;

interface Watch {
  watched: Watched;
  /** Something changed since it was last asked. */
  isStale: boolean;
  /** What is recorded may have changed too, and not only how far activities are. */
  isRecordStale: boolean;
}

export interface WatchesOptions {
  queries: Queries;
  /** What is told of the hub. */
  details(): Promise<HubDetails>;
  clock: TimerClock;
  tell(seen: readonly { watch: number; seen: Seen }[]): void;
}

export class Watches {
  readonly #watches = new Map<number, Watch>();
  readonly #options: WatchesOptions;
  #timer: unknown;
  #looking = false;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** Whether anything that is recorded is followed. */
  get isAsked(): boolean {
    return [...this.#watches.values()].some(({ watched }) => watched.kind !== 'hub');
  }

  add(watch: number, watched: Watched): void {
    this.#watches.set(watch, { watched, isStale: true, isRecordStale: true });
    void this.#look();
  }

  remove(watch: number): void {
    this.#watches.delete(watch);
  }

  /**
   * @param ids the instances that changed; undefined if nobody knows which
   * @param isRecord whether what is recorded of them may have changed
   */
  changed(ids: ReadonlySet<string> | undefined, isRecord = true): void {
    for (const watch of this.#watches.values()) {
      const { watched } = watch;
      if (watched.kind === 'hub' || (watched.kind === 'instance' && ids && !ids.has(watched.instanceId))) continue;
      watch.isStale = true;
      watch.isRecordStale ||= isRecord;
    }
    void this.#look();
  }

  hubChanged(): void {
    for (const watch of this.#watches.values()) if (watch.watched.kind === 'hub') watch.isStale = true;
    void this.#look();
  }

  stop(): void {
    this.#watches.clear();
    this.#options.clock.clearTimer(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#timer !== undefined) return;
    const stale = [...this.#watches].filter(([, watch]) => watch.isStale);
    if (stale.length === 0) return;
    this.#looking = true;
    const seen = await Promise.all(
      stale.map(async ([watch, state]) => {
        const { watched, isRecordStale } = state;
        state.isStale = false;
        state.isRecordStale = false;
        const seen = await this.#ask(watched, isRecordStale);
        // The page has not seen it.
        if ('failure' in seen) state.isRecordStale = true;
        return { watch, seen };
      }),
    );
    this.#looking = false;
    this.#options.tell(seen.filter(({ watch }) => this.#watches.has(watch)));
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      void this.#look();
    }, gatherMs);
  }

  async #ask(watched: Watched, isRecordStale: boolean): Promise<Seen> {
    const { queries, details } = this.#options;
    try {
      if (watched.kind === 'hub') return { hub: await details() };
      if (watched.kind === 'list') return { page: await queries.list(watched.request) };
      const { instanceId, history } = watched;
      // Progress comes often, and a history can be long.
      if (history && !isRecordStale) return { instance: await queries.status(instanceId), isHistoryKept: true };
      return { instance: await queries.status(instanceId, { showHistory: history }) };
    } catch (error) {
      return { failure: toFailure(error) };
    }
  }
}
