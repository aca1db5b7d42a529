/** What is done to an instance as a whole, whatever its orchestrator does. */
export { heartbeat } from './heartbeat';
export { importCopies } from './import';
export { purge } from './purge';
export { restart } from './restart';
export { rewind } from './rewind';
export { resume, suspend, unpark } from './suspend';
export { terminate, undoSteps } from './terminate';
export { isChildOf, type Work } from './work';
