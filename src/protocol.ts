/**
 * The messages between a page and its host worker. It is the one place where client and worker meet: neither imports
 * the other. Everything travels in batches, since a message costs more than what it says.
 */
import type { FailureDetails, HistoryEvent, ParentLink } from './core';
import type { RuntimeStatus, Wait } from './core/types/instance';

/** An instance's status on its way to the page, where it gets its type. */
export interface StatusRecord {
  instanceId: string;
  name: string;
  runtimeStatus: RuntimeStatus;
  createdTime: Date;
  lastUpdatedTime: Date;
  input?: unknown;
  output?: unknown;
  failure?: FailureDetails;
  reason?: string;
  customStatus?: unknown;
  waitsFor: readonly Wait[];
  parent?: { instanceId: string; name: string };
  version?: string;
  tags?: Readonly<Record<string, string>>;
  parked?: { reason: string };
  suspended?: { reason?: string };
  history?: readonly HistoryEvent[];
}

export interface StatusRequest {
  showHistory?: boolean;
  showInput?: boolean;
  showOutput?: boolean;
}

/** Where a page of a list ends: the creation time and id of its last instance. */
export type ListToken = readonly [createdTime: number, instanceId: string];

/** Which instances. All that is given must hold; ranges include the one end and not the other. */
export interface Filter {
  name?: string;
  runtimeStatus?: readonly RuntimeStatus[];
  idPrefix?: string;
  /** The id of the instance that started it. */
  parent?: string;
  /** All of these. */
  tags?: Readonly<Record<string, string>>;
  createdTimeFrom?: Date;
  createdTimeTo?: Date;
  lastUpdatedTimeFrom?: Date;
  lastUpdatedTimeTo?: Date;
}

export interface ListRequest extends Filter {
  /** By creation; `newest` first if it is not given. */
  order?: 'newest' | 'oldest';
  limit: number;
  after?: ListToken;
}

export interface ListPage {
  instances: readonly StatusRecord[];
  /** Where the next page begins; absent at the end. */
  next?: ListToken;
}

/** What becomes of a start whose id is in use. */
export type OnExisting = 'replaceTerminal' | 'reject' | 'replace' | 'return';

export interface StartRequest {
  name: string;
  instanceId: string;
  input: unknown;
  /** The id was made just now and cannot be in use. */
  fresh: boolean;
  startAt?: Date;
  tags?: Readonly<Record<string, string>>;
  version?: string;
  onExisting?: OnExisting;
}

/** One instance with all that it needs to go on in another hub. */
export interface InstanceCopy {
  instanceId: string;
  execution: number;
  createdTime: Date;
  lastUpdatedTime: Date;
  parent?: ParentLink;
  customStatus?: unknown;
  /** The names of the events that it waits for. */
  waits: readonly string[];
  /** Payloads are put back into it. */
  history: readonly HistoryEvent[];
  /** What calls of activities that have not succeeded have last given to `heartbeat`. */
  heartbeats?: readonly HeartbeatCopy[];
}

export interface HeartbeatCopy {
  /** The task of the call's first attempt. */
  call: number;
  /** The attempt that is under way, or was the last. */
  taskId: number;
  details?: unknown;
}

/** What a page can ask of the hub. */
export interface HubMethods {
  startNew(request: StartRequest): string;
  raiseEvent(request: { instanceId: string; name: string; data: unknown }): void;
  terminate(request: { instanceId: string; reason: string | undefined; recursive: boolean }): void;
  suspend(request: { instanceId: string; reason: string | undefined }): void;
  resume(request: { instanceId: string; reason: string | undefined }): void;
  rewind(request: { instanceId: string; reason: string | undefined }): void;
  /** `newInstanceId` may be the same id. Gives the id. */
  restart(request: { instanceId: string; newInstanceId: string }): string;
  /** Gives how many were deleted: its children go with it. */
  purge(request: { instanceId: string }): number;
  /** The same for all ended instances that match. */
  purgeBy(request: { filter: Filter }): number;
  /** The first of the copies is the instance, the others are the children that it waits for. Gives its id. */
  importInstance(request: { copies: readonly InstanceCopy[] }): string;
  exportInstance(request: { instanceId: string }): readonly InstanceCopy[];
  countInstances(request: { filter: Filter }): number;
  getStatus(request: StatusRequest & { instanceId: string }): StatusRecord;
  /** The status of an instance as soon as it has ended. */
  waitForEnd(request: { instanceId: string }): StatusRecord;
  listInstances(request: ListRequest): ListPage;
}
export type HubMethod = keyof HubMethods;
export type RequestOf<K extends HubMethod> = Parameters<HubMethods[K]>[0];
export type ReplyOf<K extends HubMethod> = ReturnType<HubMethods[K]>;

export type Call = { [K in HubMethod]: { id: number; method: K; request: RequestOf<K> } }[HubMethod];

export type Reply = { id: number; value?: unknown } | { id: number; failure: FailureDetails };

/** What a page follows. */
export type Watched =
  | { kind: 'instance'; instanceId: string; history: boolean }
  | { kind: 'list'; request: ListRequest }
  | { kind: 'hub' };

/** What it sees: of an instance nothing if there is none. `isHistoryKept`: its history is as it was seen last. */
export type Seen =
  | { instance: StatusRecord | undefined; isHistoryKept?: true }
  | { page: ListPage }
  | { hub: HubDetails }
  | { failure: FailureDetails };

export type HubRole = 'starting' | 'owner' | 'waiting';

/** What the owner tells of itself. */
export interface OwnerStanding {
  build: string;
  /** Not known while it takes over. */
  epoch?: number;
  /** Activity workers that have been started. */
  workers: number;
  /** When it last committed, in milliseconds since 1970. */
  committedAt?: number;
}

/** Where the hub's data lie. Sizes are in bytes, of all that this origin stores, and undefined if the browser does not say. */
export interface HubStorage {
  /** `memory` when the browser refuses to store anything, as in some private windows: then nothing outlives this tab. */
  readonly kind: 'disk' | 'memory';
  readonly used?: number;
  readonly allowed?: number;
  /** Whether the browser keeps it, even if space gets short. See `persistentStorage` of `connect`. */
  readonly isPersistent?: boolean;
}

/** What can be told of a hub, beside this tab's role. */
export interface HubDetails {
  owner?: OwnerStanding;
  storage?: HubStorage;
}

/** A BroadcastChannel, or what behaves like one. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

/** The channel in which tabs talk about who owns a hub. It is apart from the hints since pages listen to it as well. */
export function ownerChannel(taskHub: string): string {
  return `perdure-owner/${taskHub}`;
}

export type OwnerTalk =
  /** Is the owner there? Answered by `owner`, and by the owner's page with `vouch`: its worker may be in a long turn. */
  | { kind: 'probe' }
  | { kind: 'owner'; standing: OwnerStanding }
  | { kind: 'vouch' }
  /** A host that was just loaded, of another build, asks for the hub. */
  | { kind: 'ask'; host: string; build: string | number }
  | { kind: 'answer'; host: string; agrees: boolean; epoch?: number };

export type PageMessage =
  /**
   * `wedgedEpoch`, `leftEpoch`: of the last owner that its page ended, since it hung, and of the last one that left in
   * good health. `isFirst`: the page has just been loaded. `steals`: how long ago, in milliseconds, the page's hosts have
   * taken the hub from frozen owners. It is said as soon as the worker is made, and once more after its hello, as a worker
   * that does not listen yet has lost it: only the first one counts.
   */
  | {
      kind: 'open';
      taskHub: string;
      wedgedEpoch?: number;
      leftEpoch?: number;
      isFirst: boolean;
      steals: readonly number[];
    }
  /** The page of the owner of this epoch has gone away, and the owner was well; or it has ended the owner, which hung. */
  | { kind: 'left' | 'wedged'; epoch: number }
  /** Whether there is a network, the page can be seen, and somebody has used it in the last moments. */
  | { kind: 'attention'; isOnline: boolean; isVisible: boolean; isUsed: boolean }
  /** Answered at once by `pong`: a host that does not is wedged. */
  | { kind: 'ping' }
  | { kind: 'calls'; calls: readonly Call[] }
  /** Nobody waits for these calls any more. */
  | { kind: 'forget'; ids: readonly number[] }
  | { kind: 'watch'; watch: number; watched: Watched }
  | { kind: 'unwatch'; watch: number }
  /** Lets go of the hub; answered by `closed`. */
  | { kind: 'close' };

export type HostMessage =
  /** The worker file has been loaded and listens. It holds the lock of this name as long as it lives. */
  | { kind: 'hello'; lock?: string }
  | { kind: 'pong' }
  /** It is the owner of this epoch now, and has run nothing yet. */
  | { kind: 'takenOver'; epoch: number }
  /** It took the hub from a frozen owner. */
  | { kind: 'stole' }
  /** `epoch`: of the owner, if this is it. */
  | { kind: 'hub'; role: HubRole; epoch?: number; failure?: FailureDetails }
  | { kind: 'replies'; replies: readonly Reply[] }
  | { kind: 'seen'; watches: readonly { watch: number; seen: Seen }[] }
  | { kind: 'closed' };
