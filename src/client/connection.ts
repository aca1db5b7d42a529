/**
 * The page's end of its host worker. A host that does not answer any more, since an orchestrator in it loops for ever, is
 * ended, and another one is started, which is asked again what the page still waits for.
 */
import { HubUnavailableError, toFailure } from '../core/errors';
import type { HostMessage, HubMethod, PageMessage, ReplyOf, RequestOf, Seen, Watched } from '../protocol';
import { Attention } from './attention';
import { Calls } from './calls';
import { errorFrom } from './errors';
import { Farewell } from './farewell';
import type { HubView } from './types';
import { Watchdog } from './watchdog';

/** What is needed of a worker. */
export interface HostPort {
  postMessage(message: PageMessage): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<HostMessage>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface ConnectionOptions {
  taskHub: string;
  worker: () => HostPort;
  /** A host that has not answered for so long is ended, in milliseconds; by default 10 s. */
  deadlineMs?: number;
  onHub(view: HubView): void;
  /** There is no hub to be had any more. */
  onLost(error: Error): void;
}

const defaultDeadlineMs = 10_000;
/** A worker that has not let go of the hub by then is ended all the same. */
const closeMs = 2_000;
/** Before another host is started; twice as long each time. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** A host that has worked for so long has nothing to do with what befell the one before. */
const steadyMs = 60_000;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #watchdog: Watchdog;
  readonly #farewell: Farewell;
  readonly #attention: Attention;
  readonly #calls = new Calls();
  readonly #watches = new Map<number, { watched: Watched; onSeen: (seen: Seen) => void }>();
  #worker: HostPort | undefined;
  /** The worker has been loaded and listens. Until then everything waits here. */
  #isLoaded = false;
  #nextId = 0;
  /** How many hosts in a row did not answer, or could not be loaded again. */
  #ended = 0;
  #startedAt = 0;
  /** The epoch of this page's host, while it owns the hub. */
  #epoch: number | undefined;
  /** The epoch of the last one that owned the hub as it was ended. */
  #wedgedEpoch: number | undefined;
  #restart: ReturnType<typeof setTimeout> | undefined;
  /** Why no call can be made any more. */
  #lost: Error | undefined;
  #onClosed: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog({
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      isWaiting: () => !this.#calls.isEmpty || this.#watches.size > 0,
      ping: () => this.#post({ kind: 'ping' }),
      onSilent: () => this.#endWedged(),
    });
    this.#farewell = new Farewell({
      taskHub: options.taskHub,
      epoch: () => (this.#watchdog.isAnswered ? this.#epoch : undefined),
      onLeft: (epoch) => this.#post({ kind: 'left', epoch }),
    });
    this.#attention = new Attention((state) => this.#post({ kind: 'attention', ...state }));
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
    this.#watchdog.wake();
    return () => {
      if (this.#watches.delete(watch)) this.#post({ kind: 'unwatch', watch });
    };
  }

  /** Lets the hub finish what it commits, and ends the worker. */
  async close(): Promise<void> {
    if (!this.#lost) {
      this.#farewell.leave();
      const closed = new Promise<void>((resolve) => {
        this.#onClosed = resolve;
      });
      this.#lose(new HubUnavailableError('the client was closed'));
      if (this.#isLoaded) {
        this.#post({ kind: 'close' });
        await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, closeMs))]);
      }
    }
    this.#farewell.stop();
    this.#attention.stop();
    this.#end();
  }

  // ------------------------------------------------------------------------------------------------ the host's life

  #start(): void {
    const worker = this.#options.worker();
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => this.#workerFailed(event);
  }

  #end(): void {
    clearTimeout(this.#restart);
    this.#watchdog.stop();
    this.#epoch = undefined;
    this.#isLoaded = false;
    if (!this.#worker) return;
    // What it said last may still be under way.
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    this.#worker = undefined;
  }

  /** It says hello: now it gets all that waits. */
  #open(): void {
    this.#isLoaded = true;
    this.#startedAt = performance.now();
    const leftEpoch = this.#farewell.last;
    this.#post({
      kind: 'open',
      taskHub: this.#options.taskHub,
      ...(this.#wedgedEpoch !== undefined && { wedgedEpoch: this.#wedgedEpoch }),
      ...(leftEpoch !== undefined && { leftEpoch }),
    });
    this.#attention.tell();
    for (const [watch, { watched }] of this.#watches) this.#post({ kind: 'watch', watch, watched });
    this.#sendCalls();
    this.#watchdog.start();
  }

  #endWedged(): void {
    this.#wedgedEpoch = this.#epoch;
    if (performance.now() - this.#startedAt > steadyMs) this.#ended = 0;
    this.#startAgain('the worker of this tab did not answer any more and was started anew; does an orchestrator loop?');
    this.#calls.hostIsGone(
      new HubUnavailableError(
        'the worker of this tab did not answer any more and was ended: nobody can tell whether this was carried out',
      ),
    );
  }

  #startAgain(reason: string): void {
    this.#end();
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#ended, longestPauseMs);
    this.#ended++;
    this.#options.onHub({ role: 'starting', error: new HubUnavailableError(reason) });
    this.#restart = setTimeout(() => this.#start(), pauseMs);
  }

  /** An uncaught error in a worker that runs does not end it; one that could not be loaded never says hello. */
  #workerFailed(event: ErrorEvent): void {
    if (this.#isLoaded) return;
    const detail = event.message ? `: ${event.message}` : '';
    const reason = `the worker of task hub '${this.#options.taskHub}' could not be loaded${detail}; does its file exist, and does it call serve()?`;
    if (this.#ended > 0) {
      // It could be loaded before.
      this.#startAgain(reason);
      return;
    }
    const error = new HubUnavailableError(reason);
    this.#lose(error);
    this.#options.onHub({ role: 'starting', error });
  }

  #lose(error: Error): void {
    this.#lost = error;
    this.#calls.rejectAll(error);
    for (const { onSeen } of this.#watches.values()) onSeen({ failure: toFailure(error) });
    this.#watches.clear();
    this.#options.onLost(error);
  }

  // ------------------------------------------------------------------------------------------------ messages

  #post(message: PageMessage): void {
    if (this.#isLoaded) this.#worker?.postMessage(message);
  }

  #sendCalls(): void {
    if (!this.#isLoaded) return;
    this.#calls.send((calls) => this.#post({ kind: 'calls', calls }));
    this.#watchdog.wake();
  }

  #receive(message: HostMessage): void {
    this.#watchdog.heard();
    switch (message.kind) {
      case 'hello':
        if (!this.#lost) this.#open();
        break;
      case 'pong':
        break;
      case 'takenOver':
        this.#epoch = message.epoch;
        break;
      case 'hub': {
        const error = message.failure && errorFrom(message.failure);
        this.#epoch = message.epoch;
        this.#options.onHub({ role: message.role, error });
        break;
      }
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
