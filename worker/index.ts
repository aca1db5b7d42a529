/** What an app's worker file imports: `import { serve } from 'perdure/worker'`. */
export { serve } from './serve';
export type { ActivityLimit, CheckActivities, CheckOrchestrations, PoolOptions, ServeOptions } from './types';
