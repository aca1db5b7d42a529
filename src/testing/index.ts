/** What tests import: `import { createTestHub } from 'perdure/testing'`. */
export { type ActivityCall, never } from './activities';
export { checkDeterminism, type DeterminismOptions, type DeterminismRun } from './determinism';
export type { AnswerHttp, ReceivedRequest } from './http';
export { type Recorded, type RecordedInstance, type Replayed, type ReplayOptions, replay, replayAll } from './replay';
export { StuckError } from './stuck';
export {
  createTestHub,
  type FailOptions,
  type NextBuild,
  type TestHub,
  type TestHubCode,
  type TestHubOptions,
} from './test-hub';
