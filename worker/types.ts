/*
 * What `serve` takes. It is the one place that sees all functions of an app, so here they are checked: what cannot be
 * cloned, and what cannot be an orchestrator, does not compile, and the message says where.
 */
import type { Duration } from '../src/core/duration';
import type { ActivityName, ActivityOutput, InputOf } from '../src/core/types/activity';
import type { Check } from '../src/core/types/cloneable';
import type {
  ContractOf,
  FormProblem,
  OrchestrationInput,
  OrchestrationName,
  OrchestrationOutput,
} from '../src/core/types/orchestration';
import type { PayloadCodec } from './codec';
import type { RetentionPolicy } from './hub';

type Verdict<F, Problems> = [Problems] extends [never] ? F : { readonly 'perdure: this cannot be cloned': Problems };

/** The activities of a module, with a message in place of those whose input or output cannot be cloned. */
export type CheckActivities<A> = {
  [K in keyof A]: K extends ActivityName<A>
    ? Verdict<A[K], Check<InputOf<A[K]>, 'input'> | Check<ActivityOutput<A[K]>, 'output'>>
    : A[K];
};

type InputProblem<F> =
  ContractOf<F> extends { input: infer I }
    ? [OrchestrationInput<F>, I] extends [I, OrchestrationInput<F>]
      ? never
      : 'its context declares another input than its second parameter'
    : never;

type CloneProblem<F> =
  | Check<OrchestrationInput<F>, 'input'>
  | Check<OrchestrationOutput<F>, 'output'>
  | Check<Omit<ContractOf<F>, 'input'>, 'contract'>;

type OrchestrationVerdict<F> = [FormProblem<F> | InputProblem<F>] extends [never]
  ? Verdict<F, CloneProblem<F>>
  : { readonly 'perdure: this is no orchestrator': FormProblem<F> | InputProblem<F> };

/** The orchestrators of a module, with a message in place of those that could not run. */
export type CheckOrchestrations<M> = {
  [K in keyof M]: K extends OrchestrationName<M> ? OrchestrationVerdict<M[K]> : M[K];
};

/** What `serve` takes. */
export interface ServeOptions<M extends object, A extends object> {
  /** The module of orchestrators, `import * as orchestrations`. Its keys are their names. */
  readonly orchestrations: M & CheckOrchestrations<M>;
  /** The module of activities, `import * as activities`. Its keys are their names. */
  readonly activities?: A & CheckActivities<A>;
  /** Makes an activity worker, if activities have a worker file of their own. Without it, this file starts itself again. */
  readonly activityWorker?: () => Worker;
  /** The activity workers. */
  readonly pool?: PoolOptions;
  /**
   * How much of an activity may run, in all workers together; without a limit, as much as there is room for.
   *
   * @example
   * limits: { upload: { concurrency: 4 }, geocode: { rate: { count: 10, per: '1s' } } }
   */
  readonly limits?: { readonly [N in ActivityName<A>]?: ActivityLimit };
  /** What `orchestrations` are the version of. An instance stays with the version that it started with. */
  readonly version?: string;
  /**
   * Other versions whose instances may still be running: modules like `orchestrations`, by version. Under `''` those of
   * instances that were started before there were versions; without it, they run with `orchestrations`.
   *
   * @example
   * serve({ orchestrations, version: '2', versions: { '1': orchestrationsV1 }, activities });
   */
  readonly versions?: Readonly<Record<string, object>>;
  /**
   * The name of this build, such as a commit's hash; by default it is made of the worker's address and the orchestrators'
   * text. An instance that one build could not go on with is tried again by another.
   *
   * Of several builds that are open at the same time, the one that was loaded last runs the hub. Numbers go by their
   * order instead: a page with a lower one, from a stale cache, say, does not get the hub from one with a higher one.
   */
  readonly build?: string | number;
  /**
   * What acknowledged work survives: with `'relaxed'`, the default, a tab, a worker or a browser that is killed, while a
   * power cut may take the last seconds; with `'strict'` that too, and each commit takes longer, as it waits for the disk.
   */
  readonly durability?: 'relaxed' | 'strict';
  /**
   * Encodes what lies in the storage, as with `aesGcm`. What was stored without one is read all the same.
   *
   * @example
   * codec: aesGcm({ key: () => loadKey() })
   */
  readonly codec?: PayloadCodec;
  /**
   * How long ended instances are kept; without it, until they are purged.
   *
   * @example
   * retention: { Completed: { age: '30d', count: 1_000 }, Terminated: { age: '1d' } }
   */
  readonly retention?: RetentionPolicy;
}

/** How many activities run at a time: `size` times `concurrency` at most. */
export interface PoolOptions {
  /** Workers at most; by default one per core, and at most 8. They are started as they are needed. */
  readonly size?: number;
  /**
   * Activities at a time in one worker; by default 16. That many run together as long as they wait for something; one
   * that computes has its worker for itself.
   */
  readonly concurrency?: number;
  /**
   * How long an activity may go on once its signal has aborted; by default 5 s. Then its worker is ended; what else ran
   * there begins again in another one, and that costs it no attempt.
   */
  readonly grace?: Duration;
  /** A worker that was given so many tasks is replaced by a new one, with all that its code has left in its memory; by default never. */
  readonly recycleAfter?: number;
}

/** How much of an activity may run. */
export interface ActivityLimit {
  /** So many at a time. */
  readonly concurrency?: number;
  /** So many begin within a time. It is not kept over a reload. */
  readonly rate?: { readonly count: number; readonly per: Duration };
}
