import type { ActivityContext } from 'perdure';

/**
 * Books what was approved. A tab can die after the booking and before its result is stored; then this runs a second
 * time, with the same key. A service that is given the key books once; here the booking number is made from it.
 */
export async function book(what: string, { idempotencyKey, log }: ActivityContext): Promise<string> {
  log('booking', what);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(idempotencyKey));
  const number = new DataView(digest).getUint32(0) % 1_000_000;
  return `B-${String(number).padStart(6, '0')}`;
}
