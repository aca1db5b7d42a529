/** Supervised activity workers over Comlink: {@link WorkerPool} in the hub's worker, {@link exposeActivities} in theirs. */
export type { ActivityNote, ActivityResult, ActivityTask, Cancellation, TaskValues } from './exchange';
export { exposeActivities } from './expose';
export { type ActivityPool, WorkerPool, type WorkerPoolOptions } from './pool';
export type { Limit } from './queue';
