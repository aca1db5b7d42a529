/** Replaces the globals, once. `platform.ts` has taken the originals by then: it is loaded with the worker's modules. */
import { guardForbidden } from './forbidden';
import { guardRandom } from './random';
import { guardTime } from './time';
import { guardTimers } from './timers';

let installed = false;

/**
 * Makes the globals of this worker, or of a test, deterministic while a turn runs. Nothing changes for what runs
 * outside of turns. A second call does nothing, and what the host does not have it does not get.
 */
export function installGuards(): void {
  if (installed) return;
  installed = true;
  guardTime();
  guardRandom();
  guardTimers();
  guardForbidden();
}
