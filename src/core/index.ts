/** The door of the engine: history in, decisions out. */
export {
  type CompensationStep,
  compensationName,
  compensationOrchestrator,
  openCompensations,
} from './compensation';
export { type Duration, durationMs } from './duration';
export * from './errors';
export { Execution, type Orchestrator } from './execution';
export type * from './history';
export { type HttpAnswer, httpActivityName, type SentRequest } from './http-call';
export { checkName, checkTags, childInstanceId, maxNameLength } from './names';
export { foldOpen } from './open-work';
export {
  describeBinary,
  type EncodedValue,
  encodedKey,
  isEncoded,
  isPayloadRef,
  type PayloadRef,
  payloadKey,
} from './payload';
export { replay } from './replay';
export { effectiveHistory, type Placed, type RewindPoint, rewindPoint } from './rewind';
export { sha1 } from './sha1';
export { closest } from './suggest';
export type { Identity, Surroundings } from './surroundings';
export type { Turn } from './turn';
export type * from './types/activity';
export type * from './types/cloneable';
export type * from './types/http';
export type * from './types/instance';
export type * from './types/orchestration';
export type * from './types/task';
export { checkValue, copyValue, isPrimitive, mapValue, sizeOf } from './values';
