/** The door of the engine: history in, decisions out. */
export { type Duration, durationMs } from './duration';
export * from './errors';
export { Execution, type Orchestrator, type Surroundings, type Turn } from './execution';
export type * from './history';
export { checkName, childInstanceId, maxNameLength } from './names';
export { describeBinary, isPayloadRef, type PayloadRef, payloadKey } from './payload';
export { replay } from './replay';
export { closest } from './suggest';
export type * from './types/activity';
export type * from './types/cloneable';
export type * from './types/instance';
export type * from './types/orchestration';
export type * from './types/task';
export { checkValue, copyValue, isPrimitive, mapValue, sizeOf } from './values';
