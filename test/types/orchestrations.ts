/*
 * The shapes of orchestrators that people write, in both styles, each with what it must infer.
 */
import type { DurableContext, OrchestrationContext, RetryOptions } from '../../src/core/types/orchestration';
import type { Steps, Task } from '../../src/core/types/task';
import type * as activities from './activities';
import { holds, type Same } from './assert';

type Context = OrchestrationContext<typeof activities>;

// ------------------------------------------------------------------ async functions

export async function chain(ctx: Context, names: string[]): Promise<string[]> {
  const greeted = await ctx.all(names.map((name) => ctx.callActivity('greet', name)));
  const extra = await ctx.waitForExternalEvent<string>('addname', { timeout: '10m', default: 'nobody' });
  holds<Same<typeof greeted, string[]>>();
  holds<Same<typeof extra, string>>();
  return [...greeted, extra];
}

export async function noInput(ctx: Context) {
  await ctx.createTimer('3d');
  await ctx.createTimer(new Date(ctx.currentUtcDateTime.getTime() + 60_000));
  return ctx.newGuid();
}

export async function noContext() {
  return 7;
}

export const arrow = async (ctx: Context, size?: number) => {
  const names = await ctx.activities.page(size);
  holds<Same<typeof names, readonly string[]>>();
  return names.length;
};

export async function optionalInputs(ctx: Context) {
  const { activities } = ctx;
  await activities.ping();
  await activities.page();
  await ctx.callActivity('page');
  await ctx.callActivity('find');
  await ctx.callActivity('rest', 3);
  const anything = await activities.anything();
  holds<Same<typeof anything, unknown>>();
  const found = await activities.find('7');
  holds<Same<typeof found, { id: string } | undefined>>();
}

export async function photo(ctx: Context, { file, bytes }: { file: File; bytes: ArrayBuffer }) {
  const uploaded = await ctx.callActivity('upload', { file, to: '/photos' });
  holds<Same<typeof uploaded, { ok: boolean; at: Date; etag: string | null }>>();
  const [digest, small] = await ctx.all([ctx.callActivity('hash', bytes), ctx.activities.thumbnail(file)]);
  holds<Same<typeof digest, ArrayBuffer>>();
  holds<Same<typeof small, Blob>>();
  const size = await ctx.callActivity('area', { kind: 'square', side: 3 });
  holds<Same<typeof size, number>>();
  return { digest, small, size, map: await ctx.callActivity('pair', ['a', 1]) };
}

type ApprovalContext = OrchestrationContext<
  typeof activities,
  { events: { approval: { by: string; ok: boolean }; reminder: undefined }; customStatus: 'waiting' | 'decided' }
>;

export async function approval(ctx: ApprovalContext, amount: number) {
  ctx.setCustomStatus('waiting');
  const decision = ctx.waitForExternalEvent('approval');
  holds<Same<typeof decision, Task<{ by: string; ok: boolean }>>>();
  const deadline = ctx.createTimer('3d');
  const first = await ctx.any({ decision, deadline });
  ctx.setCustomStatus('decided');
  if (first.key === 'deadline') {
    holds<Same<typeof first.value, void>>();
    decision.cancel('too late');
    return undefined;
  }
  holds<Same<typeof first.value, { by: string; ok: boolean }>>();
  deadline.cancel();
  return first.value.ok ? { amount, by: first.value.by } : undefined;
}

type ContractContext = OrchestrationContext<typeof activities, { input: { city: string } }>;

export async function inputByContract(ctx: ContractContext) {
  const input = ctx.getInput();
  holds<Same<typeof input, { city: string }>>();
  return input.city;
}

export async function inputTwice(ctx: ContractContext, input: { city: string }) {
  return input.city === ctx.getInput().city;
}

export interface Polling {
  url: string;
  round: number;
}

export async function monitor(ctx: Context, { url, round }: Polling) {
  const answer = await ctx.callActivity('getJson', url);
  if (answer === 'done') return round;
  await ctx.createTimer(1_000 * 2 ** round);
  return ctx.continueAsNew<typeof monitor>({ url, round: round + 1 });
}

export async function family(ctx: Context, depth: number): Promise<number> {
  if (depth === 0) return 1;
  const children = await ctx.all([
    ctx.callSubOrchestrator(family, depth - 1),
    ctx.callSubOrchestrator(family, depth - 1, { instanceId: `${ctx.instanceId}/right` }),
  ]);
  const names = await ctx.callSubOrchestrator(chain, ['Ada']);
  holds<Same<typeof names, string[]>>();
  const total = await ctx.callSubOrchestrator(generatorChain, 2);
  holds<Same<typeof total, string>>();
  await ctx.callSubOrchestrator(noInput);
  await ctx.callSubOrchestrator(noInput, undefined, { instanceId: 'x' });
  await ctx.callSubOrchestrator(inputByContract, { city: 'Paris' });
  return children[0] + children[1];
}

export async function anyOf(ctx: Context) {
  const first = await ctx.any([ctx.callActivity('double', 1), ctx.callActivity('greet', 'Ada')]);
  if (first.key === 0) holds<Same<typeof first.value, number>>();
  else holds<Same<typeof first.value, string>>();
  const names: string[] = await ctx.activities.page().then((list) => [...list]);
  const fastest = await ctx.any(names.map((name) => ctx.callActivity('greet', name)));
  holds<Same<typeof fastest.key, number>>();
  holds<Same<typeof fastest.value, string>>();
  return fastest.value;
}

export async function settled(ctx: Context) {
  const [one, two] = await ctx.allSettled([ctx.callActivity('double', 1), ctx.callActivity('fail', 'no')]);
  holds<Same<typeof one, PromiseSettledResult<number>>>();
  holds<Same<typeof two, PromiseSettledResult<never>>>();
  const event = await ctx.waitForExternalEvent<{ url: string; when?: Date }>('done');
  holds<Same<typeof event, { url: string; when?: Date }>>();
  const either = await ctx.waitForExternalEvent<activities.Shape>('shape');
  holds<Same<typeof either, activities.Shape>>();
  const none = await ctx.all([]);
  holds<Same<typeof none, []>>();
  return one.status === 'fulfilled' ? one.value : 0;
}

/** A task is a promise wherever one is wanted. */
export async function promises(ctx: Context) {
  const asPromise: Promise<string> = ctx.callActivity('greet', 'Ada');
  const safe = await ctx.callActivity('double', 1).catch(() => undefined);
  holds<Same<typeof safe, number | undefined>>();
  await ctx.callActivity('ping').finally(() => ctx.log('done'));
  const task = ctx.callActivity('double', 2);
  ctx.log(task.isCompleted, task.isFaulted, ctx.isReplaying, ctx.parent?.instanceId, ctx.parent?.name);
  return [await asPromise, await task] as const;
}

// ------------------------------------------------------------------ options

const retry: RetryOptions = { maxAttempts: 5, firstRetryInterval: '1s', backoffCoefficient: 2, jitter: 0.2 };

export async function retried(ctx: Context) {
  const greeted = await ctx.callActivity('greet', 'Ada', { retry });
  holds<Same<typeof greeted, string>>();
  await ctx.activities.ping(undefined, {
    retry: {
      maxAttempts: 3,
      firstRetryInterval: 500,
      maxRetryInterval: '1m',
      retryTimeout: '1h',
      retryIf: (error) => error.failure.code !== 'Refused' && error.taskName === 'ping',
    },
  });
  const found = await ctx.activities.find('7', {});
  holds<Same<typeof found, { id: string } | undefined>>();
  const names = await ctx.callSubOrchestrator(chain, ['Ada'], { retry, tags: { team: 'red' } });
  holds<Same<typeof names, string[]>>();
}

export async function detached(ctx: Context, instanceId: string) {
  const id = await ctx.callSubOrchestrator(chain, ['Ada'], { detached: true });
  holds<Same<typeof id, string>>();
  const count = await ctx.callSubOrchestrator(family, 3, { detached: false, instanceId });
  holds<Same<typeof count, number>>();
  const other = ctx.callSubOrchestrator(noContext, undefined, { detached: true, tags: {} });
  holds<Same<typeof other, Task<string>>>();
  ctx.sendEvent(id, 'addname', 'Grace');
  ctx.sendEvent(id, 'stop');
}

export async function patient(ctx: Context): Promise<number> {
  holds<Same<typeof ctx.version, string | undefined>>();
  const n: number = ctx.patched('draw') ? ctx.random() : 0;
  ctx.log(ctx.tags.team?.length);
  if (n > 0.5) ctx.continueAsNew<typeof patient>(undefined, { version: '2', keepEvents: false });
  return n;
}

export async function statusByContract(ctx: ApprovalContext) {
  holds<Same<typeof ctx.customStatus, 'waiting' | 'decided' | undefined>>();
}

// ------------------------------------------------------------------ scopes

export async function saga(ctx: ApprovalContext, name: string) {
  const size = await ctx.scope(
    async (scope) => {
      const greeted = await scope.callActivity('greet', name);
      scope.addCompensation('shout', greeted, { retry: { maxAttempts: 3, firstRetryInterval: '1s' } });
      scope.addCompensation('ping');
      const { ok } = await scope.waitForExternalEvent('approval');
      holds<Same<typeof ok, boolean>>();
      const inner = await scope.scope(async (within) => {
        within.addCompensation('greet', name);
        return greetAll(within, [name]);
      });
      holds<Same<typeof inner, string[]>>();
      return greeted.length;
    },
    { timeout: '10m' },
  );
  holds<Same<typeof size, number>>();
  return size;
}

export function* generatorSaga(ctx: Context, name: string) {
  const twice = yield* ctx.scope(function* (scope) {
    scope.addCompensation('greet', name);
    return yield* greetTwice(scope, name);
  });
  holds<Same<typeof twice, string>>();
  const helped = yield* ctx.scope((scope) => pause(scope, 3), { timeout: 1_000 });
  holds<Same<typeof helped, number>>();
  const first = yield* ctx.any({ scope: ctx.scope((scope) => scope.createTimer('1s')), timer: ctx.createTimer('2s') });
  holds<Same<typeof first.key, 'scope' | 'timer'>>();
  return twice.length;
}

async function inTime(ctx: DurableContext): Promise<number> {
  return await ctx.scope((scope) => pause(scope, 2), { timeout: '1m' });
}

// ------------------------------------------------------------------ helpers

async function pause(ctx: DurableContext, times: number): Promise<number> {
  for (let i = 0; i < times; i++) await ctx.createTimer('1s');
  return times;
}

async function greetAll(ctx: Context, names: string[]): Promise<string[]> {
  return await ctx.all(names.map((name) => ctx.activities.greet(name)));
}

function* greetTwice(ctx: Context, name: string): Steps<string> {
  yield* ctx.callActivity('greet', name);
  return yield* ctx.callActivity('greet', name);
}

export async function withHelpers(ctx: ApprovalContext, names: string[]) {
  const [times, greeted, twice] = await ctx.all([inTime(ctx), greetAll(ctx, names), greetTwice(ctx, 'Ada')]);
  holds<Same<typeof times, number>>();
  holds<Same<typeof greeted, string[]>>();
  holds<Same<typeof twice, string>>();
  return times;
}

// ------------------------------------------------------------------ generators

export function* generatorChain(ctx: Context, n: number): Steps<string> {
  const doubled = yield* ctx.callActivity('double', n);
  holds<Same<typeof doubled, number>>();
  const greeted = yield* greetTwice(ctx, String(doubled));
  holds<Same<typeof greeted, string>>();
  return greeted;
}

export function* generatorInferred(ctx: Context, names: string[]) {
  const greeted = yield* ctx.all(names.map((name) => greetTwice(ctx, name)));
  holds<Same<typeof greeted, string[]>>();
  const first = yield* ctx.any({ timer: ctx.createTimer('1s'), event: ctx.waitForExternalEvent<number>('go') });
  if (first.key === 'event') holds<Same<typeof first.value, number>>();
  return greeted.length;
}

/** The way of the `durable-functions` package: what a plain `yield` gives has no type of its own. */
export function* generatorPlain(ctx: Context, name: string): Steps<string> {
  const greeted: string = yield ctx.callActivity('greet', name);
  return greeted;
}

export function* generatorForever(ctx: Context, state: { names: string[] }): Steps<string[]> {
  const name = yield* ctx.waitForExternalEvent<string | null>('addname', { timeout: '1d', default: null });
  if (name === null) return state.names;
  return ctx.continueAsNew<typeof generatorForever>({ names: [...state.names, name] });
}

export function* generatorSilent(ctx: Context): Steps<void> {
  yield* ctx.callActivity('ping');
}

/** Without a module of activities, any name goes and nothing is known. */
export async function untyped(ctx: OrchestrationContext, input: unknown) {
  const result = await ctx.callActivity('whatever', input);
  holds<Same<typeof result, unknown>>();
  const event = await ctx.waitForExternalEvent('anything');
  holds<Same<typeof event, unknown>>();
  holds<Same<ReturnType<typeof ctx.getInput>, unknown>>();
  return result;
}

export const version = '1';
export const settings = { retries: 3 };
export function format(text: string, width: number): string {
  return text.padEnd(width);
}
export class Cart {
  readonly items: string[] = [];
}
