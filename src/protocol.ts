/**
 * The messages between a page and its host worker. It is the one place where client and worker meet: neither imports
 * the other. Everything travels in batches, since a message costs more than what it says.
 */
import type { FailureDetails, HistoryEvent } from './core';
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
  parked?: { reason: string };
  history?: readonly HistoryEvent[];
}

export interface StatusRequest {
  showHistory?: boolean;
  showInput?: boolean;
  showOutput?: boolean;
}

/** Where a page of a list ends: the creation time and id of its last instance. */
export type ListToken = readonly [createdTime: number, instanceId: string];

export interface ListRequest {
  name?: string;
  runtimeStatus?: readonly RuntimeStatus[];
  idPrefix?: string;
  limit: number;
  after?: ListToken;
}

export interface ListPage {
  instances: readonly StatusRecord[];
  /** Where the next page begins; absent at the end. */
  next?: ListToken;
}

/** What a page can ask of the hub. */
export interface HubMethods {
  /** `fresh`: the id was made just now and cannot be in use. */
  startNew(request: { name: string; instanceId: string; input: unknown; fresh: boolean }): string;
  raiseEvent(request: { instanceId: string; name: string; data: unknown }): void;
  terminate(request: { instanceId: string; reason: string | undefined }): void;
  purge(request: { instanceId: string }): void;
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
  | { kind: 'list'; request: ListRequest };

/** What it sees: of an instance nothing if there is none. */
export type Seen = { instance: StatusRecord | undefined } | { page: ListPage } | { failure: FailureDetails };

export type HubRole = 'starting' | 'owner' | 'waiting';

export type PageMessage =
  | { kind: 'open'; taskHub: string }
  | { kind: 'calls'; calls: readonly Call[] }
  /** Nobody waits for these calls any more. */
  | { kind: 'forget'; ids: readonly number[] }
  | { kind: 'watch'; watch: number; watched: Watched }
  | { kind: 'unwatch'; watch: number }
  /** Lets go of the hub; answered by `closed`. */
  | { kind: 'close' };

export type HostMessage =
  /** The worker file has been loaded and listens. */
  | { kind: 'hello' }
  | { kind: 'hub'; role: HubRole; failure?: FailureDetails }
  | { kind: 'replies'; replies: readonly Reply[] }
  | { kind: 'seen'; watches: readonly { watch: number; seen: Seen }[] }
  | { kind: 'closed' };
