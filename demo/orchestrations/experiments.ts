import type { OrchestrationContext, Steps } from 'perdure';
import type * as activities from '../activities';

type Context = OrchestrationContext<typeof activities>;

/** So many activities, one after the other. */
export function* chain(ctx: Context, length: number): Steps<number> {
  for (let i = 0; i < length; i++) yield* ctx.callActivity('noop');
  return length;
}

/** So many activities at once. */
export function* fanOut(ctx: Context, width: number): Steps<number> {
  yield* ctx.all(
    Array.from({ length: width }, () => ctx.callActivity('noop')),
  );
  return width;
}

/** Does nothing for so many milliseconds; a year will do. */
export function* sleep(ctx: Context, ms: number): Steps<void> {
  yield* ctx.createTimer(ms);
}
