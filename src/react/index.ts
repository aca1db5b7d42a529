/** The door of `perdure/react`. */
export { createHooks, type Hooks, type OrchestrationArgs, type OrchestrationOptions } from './hooks';
