/** Enforced determinism: what runs within an orchestrator's turn is the same on replay, or throws. */
export { enter, type Guarded, leave, outside } from './guard';
export { installGuards } from './install';
