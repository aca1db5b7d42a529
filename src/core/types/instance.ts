/*
 * What the outside sees of an instance. The status is a union, told apart by `name` and by `runtimeStatus`, so that
 * `output` is there exactly when it is.
 */
import type { FailureDetails, HistoryEvent, RunCondition } from '../history';
import type {
  ContractOf,
  OrchestrationInput,
  OrchestrationName,
  OrchestrationOutput,
  ParentInstance,
  StatusIn,
} from './orchestration';

/** Where an instance stands. The last three are the end. */
export type RuntimeStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

declare const orchestrationName: unique symbol;

/** An instance's id: a string that remembers, in its type only, which orchestration it is of. */
export type InstanceId<N extends string = string> = string & { readonly [orchestrationName]: N };

/** The orchestration's name that an id remembers; `never` for a plain string. */
export type NameOf<M, Id> = Id extends { readonly [orchestrationName]: infer N } ? N & OrchestrationName<M> : never;

/** How far an activity is. */
export interface ActivityProgress {
  /** From 0 to 1. */
  readonly fraction: number;
  readonly message?: string;
}

/** Something that an instance waits for. */
export type Wait =
  | {
      readonly kind: 'activity';
      readonly taskId: number;
      readonly name: string;
      /** How far it says it is. */
      readonly progress?: ActivityProgress;
      /** What it waits for before it runs, while that does not hold. */
      readonly waitsUntil?: RunCondition;
    }
  | { readonly kind: 'timer'; readonly taskId: number; readonly fireAt: Date }
  | { readonly kind: 'subOrchestration'; readonly taskId: number; readonly name: string; readonly instanceId: string }
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'start'; readonly startAt: Date };

interface StatusBase<M, N extends keyof M & string> {
  /** The orchestration's name: its key in the module given to `serve`. */
  readonly name: N;
  readonly instanceId: InstanceId<N>;
  readonly input: OrchestrationInput<M[N]>;
  /** What the orchestrator last gave to `setCustomStatus`. */
  readonly customStatus: StatusIn<ContractOf<M[N]>> | undefined;
  readonly createdTime: Date;
  readonly lastUpdatedTime: Date;
  /** What it waits for now; empty once it has ended. */
  readonly waitsFor: readonly Wait[];
  /** Who started it, if it is a sub-orchestration. */
  readonly parent?: ParentInstance;
  /** The version that it stays with, if versions are registered. */
  readonly version?: string;
  /** What `startNew` was given. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Set while it cannot go on, because its code disagrees with its history or is missing. Nothing is lost meanwhile. */
  readonly parked?: { readonly reason: string };
  /** Set while it is suspended by `suspend`. */
  readonly suspended?: { readonly reason?: string };
  /** Its events, where they were asked for. */
  readonly history?: readonly HistoryEvent[];
}

/** The status of an instance that has not ended. */
export interface ActiveStatus<M, N extends keyof M & string> extends StatusBase<M, N> {
  readonly runtimeStatus: 'Pending' | 'Running' | 'Suspended';
  readonly output?: undefined;
  readonly failure?: undefined;
  readonly reason?: undefined;
}

/** The status of an instance whose orchestrator returned. */
export interface CompletedStatus<M, N extends keyof M & string> extends StatusBase<M, N> {
  readonly runtimeStatus: 'Completed';
  readonly output: OrchestrationOutput<M[N]>;
  readonly failure?: undefined;
  readonly reason?: undefined;
}

/** The status of an instance whose orchestrator threw. */
export interface FailedStatus<M, N extends keyof M & string> extends StatusBase<M, N> {
  readonly runtimeStatus: 'Failed';
  readonly output?: undefined;
  readonly failure: FailureDetails;
  readonly reason?: undefined;
}

/** The status of an instance that was terminated. */
export interface TerminatedStatus<M, N extends keyof M & string> extends StatusBase<M, N> {
  readonly runtimeStatus: 'Terminated';
  readonly output?: undefined;
  readonly failure?: undefined;
  /** What was given to `terminate`. */
  readonly reason: string | undefined;
}

/** The status of an instance of one orchestration, told apart by `runtimeStatus`. */
export type StatusOf<M, N extends keyof M & string> =
  | ActiveStatus<M, N>
  | CompletedStatus<M, N>
  | FailedStatus<M, N>
  | TerminatedStatus<M, N>;

/** The status of an instance, told apart by `name` and by `runtimeStatus`. */
export type InstanceStatus<M, N extends OrchestrationName<M> = OrchestrationName<M>> = N extends keyof M & string
  ? StatusOf<M, N>
  : never;

/** The status of an instance that has completed. */
export type CompletedInstance<M, N> = N extends keyof M & string ? CompletedStatus<M, N> : never;
