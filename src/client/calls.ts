/**
 * The page's calls that have no answer yet. Each is settled exactly once: by its reply, by who made it, or because there
 * is no hub to be had. Those made in one go travel together.
 */
import { PayloadError } from '../core/errors';
import type { Call, HubMethod, Reply, ReplyOf, RequestOf } from '../protocol';
import { errorFrom } from './errors';

interface Pending {
  call: Call;
  /** The host may have it. */
  isSent: boolean;
  /** It can be sent again to another host. */
  isRepeatable: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Methods that change nothing: they can be called again. */
const repeatable: ReadonlySet<HubMethod> = new Set<HubMethod>([
  'getStatus',
  'listInstances',
  'countInstances',
  'exportInstance',
  'waitForEnd',
]);

export class Calls {
  readonly #pending = new Map<number, Pending>();
  #unsent: Pending[] = [];

  /** Whether nobody waits for an answer. */
  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  /** Whether something is to be sent. */
  get hasUnsent(): boolean {
    return this.#unsent.length > 0;
  }

  add<K extends HubMethod>(id: number, method: K, request: RequestOf<K>): Promise<ReplyOf<K>> {
    return new Promise((resolve, reject) => {
      const call = { id, method, request } as Call;
      const pending: Pending = {
        call,
        isSent: false,
        isRepeatable: repeatable.has(method),
        resolve: resolve as (value: unknown) => void,
        reject,
      };
      this.#pending.set(id, pending);
      this.#unsent.push(pending);
    });
  }

  /** Sends what has not been sent. @param post throws if something in the calls cannot be cloned */
  send(post: (calls: readonly Call[]) => void): void {
    // What was settled meanwhile need not travel.
    const unsent = this.#unsent.filter(({ call }) => this.#pending.has(call.id));
    this.#unsent = [];
    if (unsent.length === 0) return;
    try {
      post(unsent.map(({ call }) => call));
      for (const pending of unsent) pending.isSent = true;
    } catch (error) {
      // One value that cannot be cloned must not take the other calls down.
      if (unsent.length === 1) this.reject(unsent[0]?.call.id as number, new PayloadError(`${error}`));
      else for (const pending of unsent) this.#sendAlone(pending, post);
    }
  }

  #sendAlone(pending: Pending, post: (calls: readonly Call[]) => void): void {
    try {
      post([pending.call]);
      pending.isSent = true;
    } catch (error) {
      this.reject(pending.call.id, new PayloadError(`${error}`));
    }
  }

  settle(reply: Reply): void {
    if ('failure' in reply) {
      this.reject(reply.id, errorFrom(reply.failure));
      return;
    }
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    pending?.resolve(reply.value);
  }

  /** Says whether the host may have it. */
  reject(id: number, error: Error): boolean {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.reject(error);
    return pending?.isSent ?? false;
  }

  rejectAll(error: Error): void {
    for (const id of [...this.#pending.keys()]) this.reject(id, error);
  }

  /**
   * The host that had them is gone. What only reads or waits is sent again to the next one, and so is a start under an id
   * that was made for it: if that is in use, it was carried out. Of other commands, nobody can tell.
   */
  hostIsGone(error: Error): void {
    for (const [id, pending] of [...this.#pending]) {
      const { call, isSent } = pending;
      if (!isSent || pending.isRepeatable) continue;
      if (call.method === 'startNew' && call.request.fresh) {
        pending.isRepeatable = true;
        pending.call = { ...call, request: { ...call.request, fresh: false, onExisting: 'return' } };
      } else {
        this.reject(id, error);
      }
    }
    this.#unsent = [...this.#pending.values()];
    for (const pending of this.#unsent) pending.isSent = false;
  }
}
