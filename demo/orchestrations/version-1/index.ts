/** The orchestrations as they were in version 1: all but one are the same. */
export * from '..';
export { review } from './review';
