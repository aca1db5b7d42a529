/*
 * How activities are run: what a call, an activity and `serve` may say of it.
 */
import type { ActivityContext } from '../../src/core/types/activity';
import type { Wait } from '../../src/core/types/instance';
import type { OrchestrationContext } from '../../src/core/types/orchestration';
import { createTestHub } from '../../src/testing';
import type { ServeOptions } from '../../worker/types';
import * as activities from './activities';
import { holds, type Same } from './assert';
import * as orchestrations from './orchestrations';

declare function serve<M extends object, A extends object>(options: ServeOptions<M, A>): void;
type Context = OrchestrationContext<typeof activities>;

// ------------------------------------------------------------------ calls

export async function calls(ctx: Context) {
  await ctx.callActivity('greet', 'Ada', { timeout: '10s', heartbeatTimeout: 500, priority: -1, transfer: true });
  await ctx.activities.greet('Ada', { runWhen: 'online', retry: { maxAttempts: 3, firstRetryInterval: '1s' } });
  await ctx.scope((scope) => scope.callActivity('ping', undefined, { runWhen: 'idle' }));
  for (const runWhen of ['online', 'visible', 'idle'] as const) await ctx.callActivity('ping', undefined, { runWhen });

  // @ts-expect-error no duration
  await ctx.callActivity('greet', 'Ada', { timeout: '10 seconds' });
  // @ts-expect-error no duration, in the other form
  await ctx.activities.greet('Ada', { heartbeatTimeout: 'soon' });
  // @ts-expect-error a condition that does not exist
  await ctx.callActivity('greet', 'Ada', { runWhen: 'offline' });
  // @ts-expect-error a priority that is no number
  await ctx.callActivity('greet', 'Ada', { priority: 'high' });
  // @ts-expect-error yes or no
  await ctx.callActivity('greet', 'Ada', { transfer: 'yes' });
  // @ts-expect-error an option with a typing error
  await ctx.callActivity('greet', 'Ada', { timeOut: '10s' });
}

// ------------------------------------------------------------------ activities

interface Sent {
  parts: number;
}

export async function upload(file: File, ctx: ActivityContext<Sent>): Promise<number> {
  holds<Same<typeof ctx.lastHeartbeat, Sent | undefined>>();
  const kept = ctx.heartbeat({ parts: (ctx.lastHeartbeat?.parts ?? 0) + 1 });
  holds<Same<typeof kept, Promise<void>>>();
  await kept;
  ctx.progress(0.5);
  ctx.progress(0.5, file.name);
  await fetch('/upload', { method: 'PUT', body: file, signal: ctx.signal });
  // @ts-expect-error details of another type
  await ctx.heartbeat(7);
  // @ts-expect-error no details
  await ctx.heartbeat();
  // @ts-expect-error a share that is no number
  ctx.progress('half');
  // @ts-expect-error a message that is no text
  ctx.progress(0.5, 7);
  return file.size;
}

export async function beats(_: undefined, { heartbeat, lastHeartbeat, progress }: ActivityContext) {
  holds<Same<typeof lastHeartbeat, unknown>>();
  await heartbeat({ anything: [1] });
  progress(1);
}

// An activity is one whatever the details of its heartbeats.
serve({ orchestrations, activities: { ...activities, upload, beats } });
export async function callsThem(ctx: OrchestrationContext<{ upload: typeof upload; beats: typeof beats }>, file: File) {
  const size = await ctx.callActivity('upload', file, { heartbeatTimeout: '1m' });
  holds<Same<typeof size, number>>();
  await ctx.activities.beats();
}

// ------------------------------------------------------------------ the pool

serve({
  orchestrations,
  activities,
  pool: { size: 4, concurrency: 8, grace: '2s', recycleAfter: 1_000 },
  limits: { greet: { concurrency: 4 }, double: { rate: { count: 10, per: '1s' } } },
});
// @ts-expect-error an activity that does not exist
serve({ orchestrations, activities, limits: { great: { concurrency: 4 } } });
// @ts-expect-error a constant of the module
serve({ orchestrations, activities, limits: { limit: { concurrency: 4 } } });
// @ts-expect-error a rate needs a time
serve({ orchestrations, activities, limits: { greet: { rate: { count: 4 } } } });
// @ts-expect-error a limit with a typing error
serve({ orchestrations, activities, limits: { greet: { concurency: 4 } } });
// @ts-expect-error no duration
serve({ orchestrations, activities, pool: { grace: 'a moment' } });

// ------------------------------------------------------------------ what is seen, and what tests do

export function shown(wait: Wait): string | undefined {
  if (wait.kind !== 'activity') {
    // @ts-expect-error only activities tell how far they are
    return wait.progress?.message;
  }
  holds<Same<typeof wait.waitsUntil, 'online' | 'visible' | 'idle' | undefined>>();
  return wait.progress ? `${wait.progress.fraction} ${wait.progress.message ?? ''}` : wait.waitsUntil;
}

export async function tests() {
  const hub = await createTestHub({ orchestrations, activities, limits: { greet: { concurrency: 1 } } });
  hub.setCondition('online', false);
  // @ts-expect-error a condition that does not exist
  hub.setCondition('offline', true);
  hub.replaceActivity('greet', async (name, { heartbeat, lastHeartbeat }) => {
    await heartbeat(name);
    return String(lastHeartbeat);
  });
  // @ts-expect-error an activity that does not exist
  await createTestHub({ orchestrations, activities, limits: { great: { concurrency: 1 } } });
}
