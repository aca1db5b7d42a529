/**
 * The page's end of its host worker. Calls made in one go travel in one message, and each is settled exactly once: by
 * its reply, or because the worker is gone.
 */
import { HubUnavailableError, PayloadError, toFailure } from '../core/errors';
import type { Call, HostMessage, HubMethod, PageMessage, Reply, ReplyOf, RequestOf, Seen, Watched } from '../protocol';
import { errorFrom } from './errors';
import type { HubView } from './types';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface ConnectionOptions {
  taskHub: string;
  worker: () => Worker;
  onHub(view: HubView): void;
  /** There is no hub to be had any more. */
  onLost(error: Error): void;
}

/** A worker that has not let go of the hub by then is ended all the same. */
const closeMs = 2_000;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #watches = new Map<number, (seen: Seen) => void>();
  #calls: Call[] = [];
  /** What waits for the worker to be loaded. */
  #early: PageMessage[] | undefined = [];
  #nextId = 0;
  /** Why no call can be made any more. */
  #lost: Error | undefined;
  #onClosed: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#worker = options.worker();
    this.#worker.onmessage = ({ data }: MessageEvent<HostMessage>) => this.#receive(data);
    this.#worker.onerror = (event) => this.#workerFailed(event);
    this.#post({ kind: 'open', taskHub: options.taskHub });
  }

  /** Calls a method of the hub. @throws what the hub refused it with; `HubUnavailableError` if there is no hub */
  call<K extends HubMethod>(method: K, request: RequestOf<K>, onId?: (id: number) => void): Promise<ReplyOf<K>> {
    return new Promise((resolve, reject) => {
      if (this.#lost) {
        reject(this.#lost);
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      if (this.#calls.push({ id, method, request } as Call) === 1) queueMicrotask(() => this.#sendCalls());
      onId?.(id);
    });
  }

  /** Settles a call from this side; the hub is told that nobody waits any more. */
  giveUp(id: number, error: Error): void {
    this.#pending.get(id)?.reject(error);
    this.#pending.delete(id);
    this.#post({ kind: 'forget', ids: [id] });
  }

  /** Follows something. Returns what ends it. */
  watch(watched: Watched, onSeen: (seen: Seen) => void): () => void {
    const watch = this.#nextId++;
    this.#watches.set(watch, onSeen);
    if (this.#lost) {
      const failure = toFailure(this.#lost);
      queueMicrotask(() => this.#watches.get(watch)?.({ failure }));
      return () => this.#watches.delete(watch);
    }
    this.#post({ kind: 'watch', watch, watched });
    return () => {
      if (this.#watches.delete(watch)) this.#post({ kind: 'unwatch', watch });
    };
  }

  /** Lets the hub finish what it commits, and ends the worker. */
  async close(): Promise<void> {
    if (!this.#lost) {
      const closed = new Promise<void>((resolve) => {
        this.#onClosed = resolve;
      });
      this.#lose(new HubUnavailableError('the client was closed'));
      this.#post({ kind: 'close' });
      // A worker that was never loaded does not answer.
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, closeMs))]);
    }
    this.#worker.terminate();
  }

  #post(message: PageMessage): void {
    if (this.#early) this.#early.push(message);
    else this.#worker.postMessage(message);
  }

  #sendCalls(): void {
    const calls = this.#calls;
    this.#calls = [];
    try {
      this.#post({ kind: 'calls', calls });
    } catch (error) {
      // One value that cannot be cloned must not take the other calls down.
      if (calls.length > 1) for (const call of calls) this.#sendAlone(call);
      else this.#refuse(calls[0], error);
    }
  }

  #sendAlone(call: Call): void {
    try {
      this.#post({ kind: 'calls', calls: [call] });
    } catch (error) {
      this.#refuse(call, error);
    }
  }

  #refuse(call: Call | undefined, error: unknown): void {
    if (call)
      this.#settle({ id: call.id, failure: { name: '', message: `${error}`, code: new PayloadError('').code } });
  }

  #receive(message: HostMessage): void {
    switch (message.kind) {
      case 'hello': {
        const early = this.#early ?? [];
        this.#early = undefined;
        for (const each of early) this.#post(each);
        break;
      }
      case 'hub': {
        const error = message.failure && errorFrom(message.failure);
        this.#options.onHub({ role: message.role, error });
        break;
      }
      case 'replies':
        for (const reply of message.replies) this.#settle(reply);
        break;
      case 'seen':
        for (const { watch, seen } of message.watches) this.#watches.get(watch)?.(seen);
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

  /** An uncaught error in a worker that runs does not end it; one that could not be loaded never says hello. */
  #workerFailed(event: ErrorEvent): void {
    if (!this.#early) return;
    const detail = event.message ? `: ${event.message}` : '';
    const error = new HubUnavailableError(
      `the worker of task hub '${this.#options.taskHub}' could not be loaded${detail}; does its file exist, and does it call serve()?`,
    );
    this.#lose(error);
    this.#options.onHub({ role: 'starting', error });
  }

  #lose(error: Error): void {
    this.#lost = error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    for (const onSeen of this.#watches.values()) onSeen({ failure: toFailure(error) });
    this.#watches.clear();
    this.#options.onLost(error);
  }
}
