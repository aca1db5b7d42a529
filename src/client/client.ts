/** What `connect` gives: the hub's methods as a page calls them, and live views of what they change. */
import { createStore } from 'zustand/vanilla';
import { durationMs } from '../core/duration';
import { InstanceFailedError, InstanceTerminatedError, TimeoutError } from '../core/errors';
import { checkName } from '../core/names';
import { checkValue } from '../core/values';
import type { ListRequest, ListToken, Seen, StatusRecord, StatusRequest, Watched } from '../protocol';
import { Connection, type ConnectionOptions } from './connection';
import { errorFrom } from './errors';
import { createLive } from './live';
import type {
  CompletionOptions,
  HubView,
  ListOptions,
  Live,
  WatchInstanceOptions,
  WatchInstancesOptions,
} from './types';

interface InstanceSeen {
  state: 'loading' | 'missing' | 'ready' | 'error';
  instance?: StatusRecord;
  error?: Error;
}

interface ListSeen {
  state: 'loading' | 'ready' | 'error';
  instances: readonly StatusRecord[];
  hasMore: boolean;
  error: Error | undefined;
}

const defaultPageSize = 100;
/** `setTimeout` fires at once above this. No page waits so long. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The run-time side of `DurableClient`: the public type adds what the compiler knows of the app's orchestrations. */
export class Client {
  readonly ready: Promise<void>;
  readonly hub: Live<HubView>;
  readonly #connection: Connection;
  readonly #close: () => Promise<void>;

  constructor(options: Omit<ConnectionOptions, 'onHub' | 'onLost'>, close: () => Promise<void>) {
    this.#close = close;
    let setReady = () => {};
    let onLost = (_: Error) => {};
    this.ready = new Promise((resolve, reject) => {
      setReady = resolve;
      onLost = reject;
    });
    // Nobody needs to wait for it, so its rejection must not count as unhandled.
    this.ready.catch(() => {});
    const hub = createStore<HubView>(() => ({ role: 'starting', error: undefined }));
    this.hub = { get: hub.getState, subscribe: hub.subscribe };
    this.#connection = new Connection({
      ...options,
      onLost,
      onHub(view) {
        hub.setState(view, true);
        if (view.role !== 'starting') setReady();
      },
    });
  }

  async startNew(name: string, options: { instanceId?: string; input?: unknown } = {}): Promise<string> {
    checkName(name, 'an orchestration name');
    const { input, instanceId = crypto.randomUUID() } = options;
    checkName(instanceId, 'an instance id');
    checkValue(input, `the input of orchestration '${name}'`);
    const fresh = options.instanceId === undefined;
    return this.#connection.call('startNew', { name, instanceId, input, fresh });
  }

  async getStatus(id: string, options: StatusRequest = {}): Promise<StatusRecord> {
    checkName(id, 'an instance id');
    const { showHistory = false, showInput = true, showOutput = true } = options;
    return this.#connection.call('getStatus', { instanceId: id, showHistory, showInput, showOutput });
  }

  async waitForCompletion(id: string, { timeout, signal }: CompletionOptions = {}): Promise<StatusRecord> {
    checkName(id, 'an instance id');
    signal?.throwIfAborted();
    const ms = timeout === undefined ? undefined : durationMs(timeout);
    let call = -1;
    const end = this.#connection.call('waitForEnd', { instanceId: id }, (made) => {
      call = made;
    });
    const giveUp = (error: Error) => this.#connection.giveUp(call, error);
    const onAbort = () => giveUp(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    const timer =
      ms === undefined
        ? undefined
        : setTimeout(
            () => giveUp(new TimeoutError(`instance '${id}' did not end within ${timeout}`)),
            Math.min(ms, longestTimeoutMs),
          );
    try {
      const status = await end;
      if (status.failure) throw new InstanceFailedError(id, status.failure);
      if (status.runtimeStatus === 'Terminated') throw new InstanceTerminatedError(id, status.reason);
      return status;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async raiseEvent(id: string, name: string, data?: unknown): Promise<void> {
    checkName(id, 'an instance id');
    checkName(name, 'an event name');
    checkValue(data, `the data of event '${name}'`);
    return this.#connection.call('raiseEvent', { instanceId: id, name, data });
  }

  async terminate(id: string, reason?: string): Promise<void> {
    checkName(id, 'an instance id');
    return this.#connection.call('terminate', { instanceId: id, reason });
  }

  async purge(id: string): Promise<void> {
    checkName(id, 'an instance id');
    return this.#connection.call('purge', { instanceId: id });
  }

  async *listInstances({ pageSize = defaultPageSize, ...filter }: ListOptions = {}): AsyncGenerator<StatusRecord> {
    let after: ListToken | undefined;
    do {
      const page = await this.#connection.call('listInstances', {
        ...filter,
        limit: pageSize,
        ...(after && { after }),
      });
      yield* page.instances;
      after = page.next;
    } while (after);
  }

  watchInstance(id: string, { history = false }: WatchInstanceOptions = {}): Live<InstanceSeen> {
    checkName(id, 'an instance id');
    return this.#watch<InstanceSeen>(
      { kind: 'instance', instanceId: id, history },
      { state: 'loading' },
      (seen, last) => {
        if ('failure' in seen) {
          return { state: 'error', error: errorFrom(seen.failure), ...(last.instance && { instance: last.instance }) };
        }
        const instance = 'instance' in seen ? seen.instance : undefined;
        return instance ? { state: 'ready', instance } : { state: 'missing' };
      },
    );
  }

  watchInstances({ limit = defaultPageSize, ...filter }: WatchInstancesOptions = {}): Live<ListSeen> {
    const request: ListRequest = { ...filter, limit };
    const initial: ListSeen = { state: 'loading', instances: [], hasMore: false, error: undefined };
    return this.#watch<ListSeen>({ kind: 'list', request }, initial, (seen, last) => {
      if ('failure' in seen) return { ...last, state: 'error', error: errorFrom(seen.failure) };
      const { instances, next } = 'page' in seen ? seen.page : { instances: [], next: undefined };
      return { state: 'ready', instances, hasMore: next !== undefined, error: undefined };
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Ends the worker; `close` may put it off. */
  end(): Promise<void> {
    return this.#connection.close();
  }

  #watch<T>(watched: Watched, initial: T, view: (seen: Seen, last: T) => T): Live<T> {
    let last = initial;
    return createLive<T>(initial, (set) =>
      this.#connection.watch(watched, (seen) => {
        last = view(seen, last);
        set(last);
      }),
    );
  }
}
