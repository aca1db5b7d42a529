/** The door of `perdure/devtools`. */
export type { StatusClient } from './client';
export { StatusView, type StatusViewProps } from './status-view';
