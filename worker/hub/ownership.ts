/**
 * Of all tabs of an origin one runs the task hub. A Web Lock says who may try: it goes to the tab that has waited
 * longest as soon as the owner's worker is gone, however it went. It does not stop a former owner that still thinks it
 * owns the hub; the store's fence does.
 */
import { HubUnavailableError } from '../../src/core';
import { locks } from '../platform';

/**
 * Waits for the ownership of a task hub, and keeps it until `run` is over.
 * @param signal gives up waiting
 * @param onWait another tab has it now
 */
export async function whileOwner(
  taskHub: string,
  signal: AbortSignal,
  onWait: () => void,
  run: () => Promise<void>,
): Promise<void> {
  if (!locks) {
    throw new HubUnavailableError('Web Locks are missing: perdure needs a page served over https, or from localhost');
  }
  const name = `perdure/${taskHub}`;
  let ran = false;
  await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    ran = true;
    await run();
  });
  if (ran || signal.aborted) return;
  onWait();
  await locks.request(name, { signal }, run).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
