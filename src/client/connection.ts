/**
 * The page's end of its host worker. Calls made in one go travel in one message, and each is settled exactly once: by
 * its reply, or because there is no hub to be had.
 *
 * A host that does not answer any more, since an orchestrator in it loops for ever, is ended, and another one is
 * started. What only reads or waits is asked again there; of a command, nobody can tell whether it was carried out.
 */
import { HubUnavailableError, PayloadError, toFailure } from '../core/errors';
import type { Call, HostMessage, HubMethod, PageMessage, Reply, ReplyOf, RequestOf, Seen, Watched } from '../protocol';
import { errorFrom } from './errors';
import { Farewell } from './farewell';
import type { HubView } from './types';
import { Watchdog } from './watchdog';

interface Pending {
  call: Call;
  /** The host may have it. */
  isSent: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

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

/** Methods that change nothing: they can be called again. */
const repeatable: ReadonlySet<HubMethod> = new Set<HubMethod>([
  'getStatus',
  'listInstances',
  'countInstances',
  'exportInstance',
  'waitForEnd',
]);

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #watchdog: Watchdog;
  readonly #farewell: Farewell;
  readonly #pending = new Map<number, Pending>();
  readonly #watches = new Map<number, { watched: Watched; onSeen: (seen: Seen) => void }>();
  #worker: HostPort | undefined;
  /** The worker has been loaded and listens. Until then everything waits here. */
  #isLoaded = false;
  #calls: Call[] = [];
  #nextId = 0;
  /** How many hosts in a row did not answer, or could not be loaded again. */
  #ended = 0;
  #startedAt = 0;
  /** The epoch of this page's host, while it owns the hub. */
  #epoch: number | undefined;
  #restart: ReturnType<typeof setTimeout> | undefined;
  /** Why no call can be made any more. */
  #lost: Error | undefined;
  #onClosed: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog({
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      isWaiting: () => this.#pending.size > 0 || this.#watches.size > 0,
      ping: () => this.#post({ kind: 'ping' }),
      onSilent: () => this.#endWedged(),
    });
    this.#farewell = new Farewell({
      taskHub: options.taskHub,
      epoch: () => (this.#watchdog.isAnswered ? this.#epoch : undefined),
      onLeft: (epoch) => this.#post({ kind: 'left', epoch }),
    });
    this.#start();
  }

  /** Calls a method of the hub. @throws what the hub refused it with; `HubUnavailableError` if there is no hub */
  call<K extends HubMethod>(method: K, request: RequestOf<K>, onId?: (id: number) => void): Promise<ReplyOf<K>> {
    return new Promise((resolve, reject) => {
      if (this.#lost) {
        reject(this.#lost);
        return;
      }
      const id = this.#nextId++;
      const call = { id, method, request } as Call;
      this.#pending.set(id, { call, isSent: false, resolve: resolve as (value: unknown) => void, reject });
      if (this.#calls.push(call) === 1) queueMicrotask(() => this.#sendCalls());
      onId?.(id);
    });
  }

  /** Settles a call from this side; the hub is told that nobody waits any more. */
  giveUp(id: number, error: Error): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.reject(error);
    if (pending.isSent) this.#post({ kind: 'forget', ids: [id] });
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
      ...(this.#ended > 0 && { wedged: true }),
      ...(leftEpoch !== undefined && { leftEpoch }),
    });
    for (const [watch, { watched }] of this.#watches) this.#post({ kind: 'watch', watch, watched });
    this.#calls = Array.from(this.#pending.values(), ({ call }) => call);
    this.#sendCalls();
    this.#watchdog.start();
  }

  #endWedged(): void {
    if (performance.now() - this.#startedAt > steadyMs) this.#ended = 0;
    this.#startAgain('the worker of this tab did not answer any more and was started anew; does an orchestrator loop?');
    const error = new HubUnavailableError(
      'the worker of this tab did not answer any more and was ended: nobody can tell whether this was carried out',
    );
    for (const [id, { call, isSent, reject }] of this.#pending) {
      if (!isSent || repeatable.has(call.method)) continue;
      this.#pending.delete(id);
      reject(error);
    }
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
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
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
    // What was given up meanwhile need not travel.
    const calls = this.#calls.filter(({ id }) => this.#pending.has(id));
    this.#calls = [];
    if (calls.length === 0) return;
    this.#watchdog.wake();
    try {
      this.#send(calls);
    } catch (error) {
      // One value that cannot be cloned must not take the other calls down.
      if (calls.length > 1) for (const call of calls) this.#sendAlone(call);
      else this.#refuse(calls[0], error);
    }
  }

  #send(calls: readonly Call[]): void {
    this.#post({ kind: 'calls', calls });
    for (const { id } of calls) {
      const pending = this.#pending.get(id);
      if (pending) pending.isSent = true;
    }
  }

  #sendAlone(call: Call): void {
    try {
      this.#send([call]);
    } catch (error) {
      this.#refuse(call, error);
    }
  }

  #refuse(call: Call | undefined, error: unknown): void {
    if (call)
      this.#settle({ id: call.id, failure: { name: '', message: `${error}`, code: new PayloadError('').code } });
  }

  #receive(message: HostMessage): void {
    this.#watchdog.heard();
    switch (message.kind) {
      case 'hello':
        if (!this.#lost) this.#open();
        break;
      case 'pong':
        break;
      case 'hub': {
        const error = message.failure && errorFrom(message.failure);
        this.#epoch = message.epoch;
        this.#options.onHub({ role: message.role, error });
        break;
      }
      case 'replies':
        for (const reply of message.replies) this.#settle(reply);
        break;
      case 'seen':
        for (const { watch, seen } of message.watches) this.#watches.get(watch)?.onSeen(seen);
        break;
      case 'closed':
        this.#onClosed?.();
        break;
    }
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('failure' in reply) pending?.reject(errorFrom(reply.failure));
    else pending?.resolve(reply.value);
  }
}
