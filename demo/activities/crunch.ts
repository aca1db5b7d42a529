import type { ActivityContext } from 'perdure';
import { armKillSwitch } from './kill-switch';
import { primesIn } from './primes';

/** Numbers, without the last. */
export interface Chunk {
  from: number;
  to: number;
}

/** How far a chunk is. */
interface Counted {
  at: number;
  primes: number;
}

const segment = 1_000_000;
const sliceMs = 40;
const beatMs = 500;

/** Of the worker that this is. */
const worker = crypto.randomUUID().slice(0, 4);

/**
 * Counts the primes of a chunk, in slices: between two of them the worker
 * hears what it is told, such as that the result is not wanted any more.
 */
export async function crunch(
  { from, to }: Chunk,
  ctx: ActivityContext<Counted>,
) {
  const disarm = armKillSwitch(ctx);
  let { at, primes } = ctx.lastHeartbeat ?? { at: from, primes: 0 };
  let beatAt = performance.now() + beatMs;
  ctx.log(`${worker} begins at ${at}`);
  try {
    for (;;) {
      const sliceEnd = performance.now() + sliceMs;
      while (at < to && performance.now() < sliceEnd) {
        const end = Math.min(at + segment, to);
        primes += primesIn(at, end);
        at = end;
      }
      ctx.progress((at - from) / (to - from));
      if (at >= to) return { primes, worker };

      if (performance.now() > beatAt) {
        // Another attempt goes on from here.
        await ctx.heartbeat({ at, primes });
        beatAt = performance.now() + beatMs;
      }
      await new Promise((resolve) => setTimeout(resolve));
      ctx.signal.throwIfAborted();
    }
  } finally {
    disarm();
    ctx.log(`${worker} stops at ${at}`);
  }
}
