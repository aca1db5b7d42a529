/**
 * What the tabs of one hub tell each other. These are hints only, to look where the truth lies: in the database. One that
 * is lost costs time, never data.
 */
import type { Channel } from '../../src/protocol';
import type { Environment } from './environment';
import type { LiveTask } from './live-tasks';

export type Hint =
  | { kind: 'inbox' }
  | { kind: 'outcomes' }
  | { kind: 'changed'; ids?: readonly string[] }
  /** A page is seen or used now, or is not any more. */
  | { kind: 'attention' }
  /** What is known of activities that run has changed; `isAll`: nothing else is known. */
  | { kind: 'live'; tasks: readonly LiveTask[]; isAll?: true }
  /** A tab has come that knows nothing of what runs. */
  | { kind: 'hello' };

/** The shortest time between two hints about changes, in milliseconds. */
const gatherMs = 50;
/** A hint about more instances than this does not name them. */
const mostIds = 32;

export class Hints {
  readonly #clock: Environment['clock'];
  readonly #channel: Channel;
  /** What has changed since the last hint about changes. */
  #changed = new Set<string>();
  #timer: unknown;
  #isClosed = false;

  /** @param onHint another tab's hint */
  constructor(taskHub: string, { clock, openChannel }: Environment, onHint: (hint: Hint) => void) {
    this.#clock = clock;
    this.#channel = openChannel(`perdure/${taskHub}`);
    this.#channel.onmessage = ({ data }: MessageEvent<Hint>) => onHint(data);
  }

  send(hint: Hint): void {
    if (!this.#isClosed) this.#channel.postMessage(hint);
  }

  /** Tells of changes: the first at once, those that follow soon together. */
  changed(ids: ReadonlySet<string>): void {
    for (const id of ids) this.#changed.add(id);
    if (this.#timer === undefined) this.#sendChanged();
  }

  close(): void {
    this.#sendChanged();
    this.#clock.clearTimer(this.#timer);
    this.#isClosed = true;
    this.#channel.close();
  }

  #sendChanged(): void {
    this.#timer = undefined;
    const ids = this.#changed;
    if (ids.size === 0) return;
    this.send(ids.size > mostIds ? { kind: 'changed' } : { kind: 'changed', ids: [...ids] });
    this.#changed = new Set();
    this.#timer = this.#clock.setTimer(() => this.#sendChanged(), gatherMs);
  }
}
