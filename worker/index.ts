/** What an app's worker file imports: `import { serve } from 'perdure/worker'`. */
export { type AesGcmOptions, aesGcm, type ByteCodec, type KeySource, type PayloadCodec, payloadCodec } from './codec';
export { serve } from './serve';
export type { ActivityLimit, CheckActivities, CheckOrchestrations, PoolOptions, ServeOptions } from './types';
