/** The page's way to the task hub. */
export { connect } from './connect';
export type * from './types';
