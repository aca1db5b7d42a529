/** The kinds of instances that the soak starts. What each comes to can be told from its input. */
import type { OrchestrationContext, Steps } from 'perdure';
import type * as activities from './activities';

type Context = OrchestrationContext<typeof activities>;

/** A tab that is killed in the wrong moment may cost an innocent activity an attempt, never more than a few. */
const retry = { maxAttempts: 5, firstRetryInterval: 50 } as const;

export interface Size {
  nonce: string;
  size: number;
}

export async function chain(ctx: Context, { nonce, size }: Size): Promise<number> {
  let sum = 0;
  for (let step = 0; step < size; step++) sum += await ctx.callActivity('step', { nonce, step }, { retry });
  return sum;
}

export function* chainOfSteps(ctx: Context, { nonce, size }: Size): Steps<number> {
  let sum = 0;
  for (let step = 0; step < size; step++) sum += yield* ctx.callActivity('step', { nonce, step }, { retry });
  return sum;
}

export async function fan(ctx: Context, { nonce, size }: Size): Promise<number> {
  const calls = Array.from({ length: size }, (_, step) => ctx.callActivity('step', { nonce, step }, { retry }));
  return (await ctx.all(calls)).reduce((sum, each) => sum + each, 0);
}

/** Chains as children. */
export async function family(ctx: Context, { nonce, size }: Size): Promise<number[]> {
  const children = Array.from({ length: size }, (_, child) =>
    ctx.callSubOrchestrator(chain, { nonce: `${nonce}/${child}`, size: 2 }),
  );
  return ctx.all(children);
}

export async function sleeper(ctx: Context, { nonce, size }: Size): Promise<number> {
  await ctx.createTimer(size);
  return ctx.callActivity('step', { nonce, step: 0 }, { retry });
}

/** One execution after the other. */
export async function laps(ctx: Context, { nonce, size, sum = 0 }: Size & { sum?: number }): Promise<number> {
  const next = sum + (await ctx.callActivity('step', { nonce, step: size - 1 }, { retry }));
  if (size === 1) return next;
  return ctx.continueAsNew({ nonce, size: size - 1, sum: next });
}

export interface Note {
  nonce: string;
  item: number;
}

/** Takes notes until it is told that there are no more. The data of each is checked. */
export async function collect(ctx: Context, { nonce }: Size): Promise<number[]> {
  const items: number[] = [];
  for (;;) {
    const note = await ctx.waitForExternalEvent<Note>('note');
    if (note.nonce !== nonce) throw new Error(`a note of ${note.nonce} came to ${nonce}`);
    if (note.item < 0) break;
    items.push(note.item);
    await ctx.callActivity('step', { nonce, step: note.item }, { retry });
  }
  return items;
}

export async function failing(ctx: Context, { nonce }: Size): Promise<void> {
  await ctx.callActivity('step', { nonce, step: 0 }, { retry });
  await ctx.callActivity('refuse', nonce);
}

export interface Load extends Size {
  seed: number;
  blob: Blob;
}

/** Large values in and out. */
export async function payload(ctx: Context, { seed, size, blob }: Load): Promise<{ sum: number; made: Blob }> {
  const sum = await ctx.callActivity('digest', blob, { retry });
  const made = await ctx.callActivity('produce', { seed: seed + 1, bytes: size }, { retry });
  return { sum, made };
}
