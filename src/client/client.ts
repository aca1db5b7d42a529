/** What `connect` gives: the hub's methods as a page calls them, and live views of what they change. */
import { durationMs } from '../core/duration';
import { InstanceFailedError, InstanceTerminatedError, TimeoutError } from '../core/errors';
import type { HistoryEvent } from '../core/history';
import { checkName, checkTags } from '../core/names';
import { checkValue } from '../core/values';
import type { ListRequest, Seen, StartRequest, StatusRecord, Watched } from '../protocol';
import { checkAmount, checkedFilter, checkOnExisting, checkOrder, checkText, startDate } from './arguments';
import { Connection, type ConnectionOptions } from './connection';
import { errorFrom } from './errors';
import { startingHub, withDetails } from './hub-view';
import { createLive } from './live';
import { type Pages, pagesOf } from './pages';
import type {
  CompletionOptions,
  HubView,
  ImportOptions,
  InstanceFilter,
  ListOptions,
  Live,
  PurgeFilter,
  PurgeResult,
  RestartOptions,
  StartOptions,
  StatusOptions,
  TerminateOptions,
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

const defaultLimit = 100;
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
    const hub = createLive(startingHub, (set) =>
      this.#connection.watch({ kind: 'hub' }, (seen) => {
        if ('hub' in seen) set(withDetails(hub.get(), seen.hub));
      }),
    );
    this.hub = hub;
    this.#connection = new Connection({
      ...options,
      onLost,
      onHub(view) {
        hub.set({ ...hub.get(), ...view });
        if (view.role !== 'starting') setReady();
      },
    });
  }

  async startNew(name: string, options: StartOptions = {}): Promise<string> {
    checkName(name, 'an orchestration name');
    const { input, instanceId = crypto.randomUUID(), startAt, tags, version, onExisting } = options;
    checkName(instanceId, 'an instance id');
    checkValue(input, `the input of orchestration '${name}'`);
    if (tags !== undefined) checkTags(tags);
    if (version !== undefined) checkName(version, 'a version');
    if (onExisting !== undefined) checkOnExisting(onExisting);
    const request: StartRequest = { name, instanceId, input, fresh: options.instanceId === undefined };
    if (startAt !== undefined) request.startAt = startDate(startAt);
    if (tags && Object.keys(tags).length > 0) request.tags = tags;
    if (version !== undefined) request.version = version;
    if (onExisting !== undefined) request.onExisting = onExisting;
    return this.#connection.call('startNew', request);
  }

  async getStatus(id: string, options: StatusOptions = {}): Promise<StatusRecord> {
    checkName(id, 'an instance id');
    const { showHistory = false, showInput = true, showOutput = true } = options;
    return this.#connection.call('getStatus', { instanceId: id, showHistory, showInput, showOutput });
  }

  async getHistory(id: string): Promise<readonly HistoryEvent[]> {
    const { history = [] } = await this.getStatus(id, { showHistory: true, showInput: false, showOutput: false });
    return history;
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

  async terminate(id: string, reason?: string, { recursive = false }: TerminateOptions = {}): Promise<void> {
    return this.#connection.call('terminate', { ...target(id, reason), recursive });
  }

  async suspend(id: string, reason?: string): Promise<void> {
    return this.#connection.call('suspend', target(id, reason));
  }

  async resume(id: string, reason?: string): Promise<void> {
    return this.#connection.call('resume', target(id, reason));
  }

  async rewind(id: string, reason?: string): Promise<void> {
    return this.#connection.call('rewind', target(id, reason));
  }

  async restart(id: string, { newInstanceId = false }: RestartOptions = {}): Promise<string> {
    checkName(id, 'an instance id');
    const newId = newInstanceId === true ? crypto.randomUUID() : newInstanceId === false ? id : newInstanceId;
    checkName(newId, 'an instance id');
    return this.#connection.call('restart', { instanceId: id, newInstanceId: newId });
  }

  async purge(which: string | PurgeFilter): Promise<PurgeResult> {
    if (typeof which === 'object' && which !== null) {
      const filter = checkedFilter(which);
      if (Object.keys(filter).length === 0) {
        throw new TypeError(
          "an empty filter would purge all: name what is to go, as in { runtimeStatus: ['Completed'] }",
        );
      }
      const isEnd = (status: string) => status === 'Completed' || status === 'Failed' || status === 'Terminated';
      if (filter.runtimeStatus && !filter.runtimeStatus.every(isEnd)) {
        throw new TypeError(
          "only ended instances are purged: a runtimeStatus of 'Completed', 'Failed' or 'Terminated'",
        );
      }
      return { instancesDeleted: await this.#connection.call('purgeBy', { filter }) };
    }
    checkName(which, 'an instance id');
    return { instancesDeleted: await this.#connection.call('purge', { instanceId: which }) };
  }

  listInstances(options: ListOptions = {}): Pages {
    return pagesOf(options, (request) => this.#connection.call('listInstances', request));
  }

  async countInstances(filter: InstanceFilter = {}): Promise<number> {
    return this.#connection.call('countInstances', { filter: checkedFilter(filter) });
  }

  async exportInstance(id: string): Promise<string> {
    checkName(id, 'an instance id');
    const copies = await this.#connection.call('exportInstance', { instanceId: id });
    // Few pages need it, so none has to load it.
    const { writeInstance } = await import('./portable');
    return writeInstance(copies);
  }

  async importInstance(json: string, { instanceId }: ImportOptions = {}): Promise<string> {
    if (instanceId !== undefined) checkName(instanceId, 'an instance id');
    const { readInstance, renameInstance } = await import('./portable');
    const copies = readInstance(json);
    return this.#connection.call('importInstance', {
      copies: instanceId === undefined ? copies : renameInstance(copies, instanceId),
    });
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
        let instance = 'instance' in seen ? seen.instance : undefined;
        const known = last.instance?.history;
        if (instance && 'isHistoryKept' in seen && known) instance = { ...instance, history: known };
        return instance ? { state: 'ready', instance } : { state: 'missing' };
      },
    );
  }

  watchInstances({ limit = defaultLimit, order = 'newest', ...given }: WatchInstancesOptions = {}): Live<ListSeen> {
    checkAmount(limit, 'limit');
    checkOrder(order);
    const request: ListRequest = { ...checkedFilter(given), order, limit };
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

/** @throws InvalidNameError, TypeError */
function target(id: string, reason: string | undefined): { instanceId: string; reason: string | undefined } {
  checkName(id, 'an instance id');
  if (reason !== undefined) checkText(reason, 'a reason');
  return { instanceId: id, reason };
}
