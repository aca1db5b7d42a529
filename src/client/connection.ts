/**
 * The page's way to its host worker. A host that has died, hangs or cannot be loaded is ended, and another one is started,
 * with growing pauses, which is asked again what the page still waits for. While the page is frozen or lies in the
 * browser's cache of pages it has no host: a frozen one would keep the hub from all other tabs.
 */
import { HubUnavailableError, OutcomeUnknownError, toFailure } from '../core/errors';
import type { HostMessage, HubMethod, PageMessage, ReplyOf, RequestOf, Seen, Watched } from '../protocol';
import { Calls } from './calls';
import { errorFrom } from './errors';
import { Farewells } from './farewell';
import { type HostEnd, type HostPort, HostWorker } from './host-worker';
import { browserPage, type Page } from './page';
import type { HubView } from './types';
import { Voucher } from './voucher';

export interface ConnectionOptions {
  taskHub: string;
  worker: () => HostPort;
  /** A host that has not answered for so long is ended, in milliseconds; by default 10 s. */
  deadlineMs?: number;
  /** A worker that has not come up for so long is ended, in milliseconds; by default 30 s. */
  helloMs?: number;
  page?: Page;
  onHub(view: Pick<HubView, 'role' | 'error'>): void;
  /** There is no hub to be had any more. */
  onLost(error: Error): void;
}

const defaultDeadlineMs = 10_000;
const defaultHelloMs = 30_000;
/** A worker that has not let go of the hub by then is ended all the same. */
const closeMs = 2_000;
/** Before another host is started; twice as long each time. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** A host that has worked for so long has nothing to do with what befell the one before. */
const steadyMs = 60_000;
/** After so many hosts that did not come up, calls are rejected; and the page gives up, if none ever has. */
const mostTries = 3;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #page: Page;
  readonly #farewells: Farewells;
  readonly #voucher: Voucher;
  readonly #attention: ReturnType<Page['attention']>;
  readonly #stopListening: () => void;
  readonly #calls = new Calls();
  readonly #watches = new Map<number, { watched: Watched; onSeen: (seen: Seen) => void }>();
  #host: HostWorker | undefined;
  #nextId = 0;
  /** Hosts that have come up. */
  #opened = 0;
  /** Hosts in a row that died, hung or did not come up. */
  #ended = 0;
  #startedAt = 0;
  /** The epoch of this page's host, while it owns the hub. */
  #epoch: number | undefined;
  /** When this page's hosts have taken the hub from a frozen owner. */
  #steals: number[] = [];
  #restart: unknown;
  /** Why no call can be made any more. */
  #lost: Error | undefined;
  #onClosed: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    const { taskHub, page = browserPage } = options;
    this.#options = options;
    this.#page = page;
    this.#farewells = new Farewells(taskHub, page);
    this.#voucher = new Voucher(taskHub, page, () => this.#host?.nudge());
    this.#attention = page.attention((state) => this.#host?.post({ kind: 'attention', ...state }));
    this.#stopListening = page.listen({
      leaving: () => this.#leave(),
      away: () => this.#goAway(),
      back: () => this.#comeBack(),
      note: (key, text) => {
        const farewell = this.#farewells.heard(key, text);
        if (farewell) this.#host?.post(farewell);
      },
    });
    this.#start();
  }

  /** Calls a method of the hub. @throws what the hub refused it with; `HubUnavailableError` if there is no hub */
  call<K extends HubMethod>(method: K, request: RequestOf<K>, onId?: (id: number) => void): Promise<ReplyOf<K>> {
    if (this.#lost) return Promise.reject(this.#lost);
    const id = this.#nextId++;
    if (!this.#calls.hasUnsent) queueMicrotask(() => this.#sendCalls());
    const reply = this.#calls.add(id, method, request);
    onId?.(id);
    return reply;
  }

  /** Settles a call from this side; the hub is told that nobody waits any more. */
  giveUp(id: number, error: Error): void {
    if (this.#calls.reject(id, error)) this.#post({ kind: 'forget', ids: [id] });
  }

  /** Follows something. Returns what ends it. */
  watch(watched: Watched, onSeen: (seen: Seen) => void): () => void {
    const watch = this.#nextId++;
    this.#watches.set(watch, { watched, onSeen });
    if (this.#lost) {
      const failure = toFailure(this.#lost);
      queueMicrotask(() => this.#watches.get(watch)?.onSeen({ failure }));
      return () => this.#watches.delete(watch);
    }
    this.#post({ kind: 'watch', watch, watched });
    this.#host?.wake();
    return () => {
      if (this.#watches.delete(watch)) this.#post({ kind: 'unwatch', watch });
    };
  }

  /** Lets the hub finish what it commits, and ends the worker. */
  async close(): Promise<void> {
    if (!this.#lost) {
      this.#leave();
      const closed = new Promise<void>((resolve) => {
        this.#onClosed = resolve;
      });
      this.#lose(new HubUnavailableError('the client was closed'));
      if (this.#host?.isOpen) {
        this.#host.post({ kind: 'close' });
        await Promise.race([closed, new Promise<void>((resolve) => this.#page.setTimer(resolve, closeMs))]);
      }
    }
    this.#stopListening();
    this.#attention.stop();
    this.#end();
  }

  // ------------------------------------------------------------------------------------------------ the host's life

  #start(): void {
    this.#page.clearTimer(this.#restart);
    const port = this.#options.worker();
    this.#startedAt = this.#page.now();
    const leftEpoch = this.#farewells.last('left');
    const wedgedEpoch = this.#farewells.last('wedged');
    const opening: PageMessage = {
      kind: 'open',
      taskHub: this.#options.taskHub,
      ...(wedgedEpoch !== undefined && { wedgedEpoch }),
      ...(leftEpoch !== undefined && { leftEpoch }),
      isFirst: this.#opened === 0,
      steals: this.#steals.map((at) => this.#startedAt - at),
    };
    // It need not wait until a page that is being drawn has heard its hello. One that does not listen yet gets it again.
    port.postMessage(opening);
    this.#host = new HostWorker({
      page: this.#page,
      port,
      deadlineMs: this.#options.deadlineMs ?? defaultDeadlineMs,
      helloMs: this.#options.helloMs ?? defaultHelloMs,
      isWaiting: () => !this.#calls.isEmpty || this.#watches.size > 0,
      onOpen: () => this.#open(opening),
      onMessage: (message) => this.#receive(message),
      onEnd: (end) => this.#hostEnded(end),
    });
  }

  #end(): void {
    this.#page.clearTimer(this.#restart);
    this.#setEpoch(undefined);
    this.#host?.end();
    this.#host = undefined;
  }

  #setEpoch(epoch: number | undefined): void {
    this.#epoch = epoch;
    this.#voucher.set(epoch !== undefined);
  }

  #open(opening: PageMessage): void {
    const host = this.#host;
    if (this.#lost || !host) return;
    this.#opened++;
    host.post(opening);
    // What was heard meanwhile.
    for (const kind of ['left', 'wedged'] as const) {
      const epoch = this.#farewells.last(kind);
      if (epoch !== undefined) host.post({ kind, epoch });
    }
    this.#attention.tell();
    for (const [watch, { watched }] of this.#watches) host.post({ kind: 'watch', watch, watched });
    this.#sendCalls();
  }

  #hostEnded(end: HostEnd): void {
    this.#host = undefined;
    if (end.kind === 'wedged' && this.#epoch !== undefined) this.#farewells.leave('wedged', this.#epoch);
    this.#setEpoch(undefined);
    const reason = this.#reasonOf(end);
    if (end.kind === 'unloadable' || end.kind === 'mute') {
      const error = new HubUnavailableError(reason);
      // Whoever waits is told; if it could be loaded before, it may be again.
      if (this.#ended + 1 >= mostTries) this.#calls.rejectAll(error);
      if (this.#ended + 1 >= mostTries && this.#opened === 0) {
        this.#lose(error);
        this.#options.onHub({ role: 'starting', error });
        return;
      }
    } else if (this.#page.now() - this.#startedAt > steadyMs) {
      this.#ended = 0;
    }
    this.#options.onHub({ role: 'starting', error: new HubUnavailableError(reason) });
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#ended++, longestPauseMs);
    this.#restart = this.#page.setTimer(() => this.#start(), pauseMs);
    this.#hostIsGone(reason);
  }

  #reasonOf(end: HostEnd): string {
    const worker = `the worker of task hub '${this.#options.taskHub}'`;
    switch (end.kind) {
      case 'unloadable':
        return `${worker} could not be loaded${end.detail}; does its file exist, and does it call serve()?${this.#opened > 0 ? ' A reload of the page may find a newer one' : ''}`;
      case 'mute':
        return `${worker} was loaded and said nothing; does its file call serve()?`;
      case 'died':
        return 'the worker of this tab has died and is started anew; does something in it close it, or take too much memory?';
      case 'wedged':
        return 'the worker of this tab did not answer any more and was started anew; does an orchestrator loop?';
    }
  }

  #hostIsGone(reason: string): void {
    this.#calls.hostIsGone(
      new OutcomeUnknownError(`nobody can tell whether this was carried out: ${reason.split(';')[0]}`),
    );
  }

  /** Neither a page that is gone nor one that is frozen may keep the hub: it could be for ever. */
  #goAway(): void {
    if (this.#lost) return;
    this.#leave();
    this.#end();
    this.#options.onHub({ role: 'starting', error: undefined });
    this.#hostIsGone('the page was frozen or left');
  }

  #comeBack(): void {
    if (!this.#lost && !this.#host) this.#start();
  }

  #leave(): void {
    if (this.#host?.isWell && this.#epoch !== undefined) this.#farewells.leave('left', this.#epoch);
  }

  #lose(error: Error): void {
    this.#lost = error;
    this.#calls.rejectAll(error);
    for (const { onSeen } of this.#watches.values()) onSeen({ failure: toFailure(error) });
    this.#watches.clear();
    this.#options.onLost(error);
  }

  // ------------------------------------------------------------------------------------------------ messages

  #post(message: Parameters<HostWorker['post']>[0]): void {
    this.#host?.post(message);
  }

  #sendCalls(): void {
    if (!this.#host?.isOpen) return;
    this.#calls.send((calls) => this.#post({ kind: 'calls', calls }));
    this.#host.wake();
  }

  #receive(message: HostMessage): void {
    switch (message.kind) {
      case 'takenOver':
        this.#setEpoch(message.epoch);
        break;
      case 'stole':
        this.#steals.push(this.#page.now());
        break;
      case 'hub':
        this.#setEpoch(message.epoch);
        this.#options.onHub({ role: message.role, error: message.failure && errorFrom(message.failure) });
        break;
      case 'replies':
        for (const reply of message.replies) this.#calls.settle(reply);
        break;
      case 'seen':
        for (const { watch, seen } of message.watches) this.#watches.get(watch)?.onSeen(seen);
        break;
      case 'closed':
        this.#onClosed?.();
        break;
    }
  }
}
