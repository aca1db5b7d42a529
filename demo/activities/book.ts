import type { ActivityContext } from 'perdure';

/**
 * Books what was approved. A tab can die after the booking and before its
 * result is stored: then this runs again, with the same key. A service that
 * gets the key books once; here, the booking's number is made from it.
 */
export async function book(what: string, ctx: ActivityContext) {
  ctx.log('books', what);
  const key = new TextEncoder().encode(ctx.idempotencyKey);
  const digest = await crypto.subtle.digest('SHA-256', key);
  const number = new DataView(digest).getUint32(0) % 1_000_000;
  return `B-${String(number).padStart(6, '0')}`;
}
