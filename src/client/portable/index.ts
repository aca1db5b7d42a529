/** Instances as JSON: written for other hubs, for tests, for later; read with mistrust. */
export { readInstance } from './read';
export { renameInstance } from './rename';
export { writeInstance } from './write';
