import type { OrchestrationContext, Steps } from 'perdure';
import type * as activities from '../activities';

export interface PrimesWanted {
  below: number;
  chunks: number;
}

type Context = OrchestrationContext<typeof activities>;

const retry = { maxAttempts: 10, firstRetryInterval: '200ms' } as const;

/** Counts primes, chunk by chunk; the pool runs one per core at a time. */
export function* countPrimes(
  ctx: Context,
  { below, chunks }: PrimesWanted,
): Steps<{ primes: number; workers: string[] }> {
  const border = (i: number) => Math.floor((below * i) / chunks);
  const counted = yield* ctx.all(
    Array.from({ length: chunks }, (_, i) =>
      ctx.callActivity(
        'crunch',
        { from: border(i), to: border(i + 1) },
        { retry },
      ),
    ),
  );
  return {
    primes: counted.reduce((sum, { primes }) => sum + primes, 0),
    workers: [...new Set(counted.map(({ worker }) => worker))],
  };
}
