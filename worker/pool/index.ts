/** Supervised activity workers over Comlink: {@link WorkerPool} in the hub's worker, {@link exposeActivities} in theirs. */
export type { ActivityResult, ActivityTask } from './exchange';
export { exposeActivities } from './expose';
export { type ActivityPool, WorkerPool, type WorkerPoolOptions } from './pool';
