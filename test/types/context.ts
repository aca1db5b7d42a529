/*
 * What does not compile inside an orchestrator.
 */
import type { OrchestrationContext } from '../../src/core/types/orchestration';
import type { Steps } from '../../src/core/types/task';
import type * as activities from './activities';
import * as orchestrations from './orchestrations';

type Context = OrchestrationContext<typeof activities>;
type ApprovalContext = OrchestrationContext<
  typeof activities,
  { input: number; events: { approval: { ok: boolean }; cancelled: undefined }; customStatus: 'waiting' | 'decided' }
>;

export async function wrongActivityNames(ctx: Context) {
  // @ts-expect-error a name with a typing error
  await ctx.callActivity('great', 'Ada');
  // @ts-expect-error the same in the other form
  await ctx.activities.great('Ada');
  // @ts-expect-error a constant of the module
  await ctx.callActivity('limit');
  // @ts-expect-error a class of the module
  await ctx.callActivity('Uploader');
  // @ts-expect-error a helper of the module: its second parameter is no context
  await ctx.callActivity('format', 'Ada');
  // @ts-expect-error a helper of the module, in the other form
  await ctx.activities.format('Ada');
  // @ts-expect-error an orchestration
  await ctx.callActivity('chain', ['Ada']);
}

export async function wrongActivityInputs(ctx: Context, maybe: string | undefined) {
  // @ts-expect-error an input of another type
  await ctx.callActivity('greet', 7);
  // @ts-expect-error the same in the other form
  await ctx.activities.greet(7);
  // @ts-expect-error no input
  await ctx.callActivity('greet');
  // @ts-expect-error no input, in the other form
  await ctx.activities.greet();
  // @ts-expect-error perhaps no input
  await ctx.callActivity('greet', maybe);
  // @ts-expect-error an input too many
  await ctx.callActivity('greet', 'Ada', 'Grace');
  // @ts-expect-error the context is not for the caller to give
  await ctx.activities.shout('Ada', { instanceId: 'x' });
  // @ts-expect-error an input for an activity that takes none
  await ctx.callActivity('ping', 'Ada');
  // @ts-expect-error an optional input of another type
  await ctx.callActivity('page', '10');
  // @ts-expect-error a property is missing
  await ctx.callActivity('upload', { to: '/photos' });
  // @ts-expect-error a property belongs to another member of the union
  await ctx.callActivity('area', { kind: 'circle', side: 3 });
  // @ts-expect-error a task where its result is wanted
  await ctx.callActivity('greet', ctx.callActivity('greet', 'Ada'));
}

export async function wrongResults(ctx: Context) {
  // @ts-expect-error a result of another type
  const count: number = await ctx.callActivity('greet', 'Ada');
  // @ts-expect-error a result that may be missing
  const id: string = (await ctx.callActivity('find', '7')).id;
  // @ts-expect-error an unchecked element of results of unknown number
  const first: string = (await ctx.all(['Ada'].map((name) => ctx.activities.greet(name))))[0];
  // @ts-expect-error an unknown result, used as a string
  const length: number = (await ctx.callActivity('anything', 1)).length;
  return [count, id, first, length];
}

export async function forgottenAwait(ctx: Context): Promise<string> {
  // @ts-expect-error a task is no string
  const name: string = ctx.callActivity('greet', 'Ada');
  // @ts-expect-error a task has no length
  const length: number = ctx.callActivity('greet', 'Ada').length;
  // @ts-expect-error a task is always true
  if (ctx.callActivity('find', '7')) return name;
  // @ts-expect-error a task is no number
  return String(length + ctx.callActivity('double', 1));
}

export function* forgottenYieldStar(ctx: Context): Steps<string> {
  // @ts-expect-error a task is no string
  const name: string = ctx.callActivity('greet', 'Ada');
  // @ts-expect-error the steps of a task are no strings
  for (const step of ctx.callActivity('greet', 'Ada')) step.length;
  // @ts-expect-error only tasks are yielded
  yield 'Ada';
  // @ts-expect-error only tasks are yielded, not promises
  yield Promise.resolve('Ada');
  // @ts-expect-error only tasks are yielded, not activities
  yield ctx.activities.greet;
  // @ts-expect-error the result that was declared
  return yield* ctx.callActivity('double', name.length);
}

export async function wrongEvents(ctx: ApprovalContext) {
  // @ts-expect-error a name that the contract does not have
  await ctx.waitForExternalEvent('aproval');
  // @ts-expect-error data that the contract does not have
  const data: { by: string } = await ctx.waitForExternalEvent('approval');
  // @ts-expect-error a time limit without a unit that is known
  await ctx.waitForExternalEvent('approval', { timeout: '3 days' });
  // @ts-expect-error a default without a time limit
  await ctx.waitForExternalEvent('approval', { default: { ok: false } });
  // @ts-expect-error the default is a possible result
  const sure: { ok: boolean } = await ctx.waitForExternalEvent('approval', { timeout: '3d', default: null });
  // @ts-expect-error a status that the contract does not have
  ctx.setCustomStatus('undecided');
  // @ts-expect-error the input that the contract has
  const input: string = ctx.getInput();
  return [data, sure, input];
}

export async function undeclaredEvents(ctx: Context) {
  // @ts-expect-error without a contract or a type, an event's data is unknown
  const name: string = await ctx.waitForExternalEvent('addname');
  // @ts-expect-error a default of another type than the one that was given
  await ctx.waitForExternalEvent<string>('addname', { timeout: '1m', default: 7 });
  // @ts-expect-error without a contract, the input is unknown
  const input: string = ctx.getInput();
  return [name, input];
}

export async function wrongTimers(ctx: Context) {
  // @ts-expect-error a unit that is not known
  await ctx.createTimer('3 weeks');
  // @ts-expect-error no due time
  await ctx.createTimer();
  // @ts-expect-error a text that is no duration
  await ctx.createTimer('soon');
}

export async function wrongJoins(ctx: Context) {
  // @ts-expect-error all takes an array
  await ctx.all(ctx.callActivity('double', 1), ctx.callActivity('double', 2));
  // @ts-expect-error values are no tasks
  await ctx.all([1, 2]);
  // @ts-expect-error functions are no tasks
  await ctx.all([() => ctx.callActivity('double', 1)]);
  // @ts-expect-error a record of values
  await ctx.any({ one: 1 });
  const first = await ctx.any({ number: ctx.callActivity('double', 1), text: ctx.callActivity('greet', 'Ada') });
  // @ts-expect-error a key that was not given
  if (first.key === 'nobody') return undefined;
  // @ts-expect-error the value of either task
  const value: string = first.value;
  const [settled] = await ctx.allSettled([ctx.callActivity('double', 1)]);
  // @ts-expect-error it may have failed
  return [value, settled.value];
}

export async function wrongSubOrchestrations(ctx: Context) {
  // @ts-expect-error by function, not by name
  await ctx.callSubOrchestrator('chain', ['Ada']);
  // @ts-expect-error an input of another type
  await ctx.callSubOrchestrator(orchestrations.chain, 'Ada');
  // @ts-expect-error no input
  await ctx.callSubOrchestrator(orchestrations.chain);
  // @ts-expect-error an input for an orchestration that takes none
  await ctx.callSubOrchestrator(orchestrations.noInput, 'Ada');
  // @ts-expect-error an option that does not exist
  await ctx.callSubOrchestrator(orchestrations.noInput, undefined, { id: 'x' });
  // @ts-expect-error the function itself, not the promise that calling it gives
  await ctx.callSubOrchestrator(orchestrations.chain(ctx, ['Ada']));
  // @ts-expect-error the result of a generator
  const count: number = await ctx.callSubOrchestrator(orchestrations.generatorChain, 1);
  return count;
}

export async function wrongRetries(ctx: Context) {
  // @ts-expect-error without a number of attempts
  await ctx.callActivity('greet', 'Ada', { retry: { firstRetryInterval: 1 } });
  // @ts-expect-error without a first delay
  await ctx.callActivity('greet', 'Ada', { retry: { maxAttempts: 3 } });
  // @ts-expect-error a delay without a unit that is known
  await ctx.callActivity('greet', 'Ada', { retry: { maxAttempts: 3, firstRetryInterval: 'soon' } });
  // @ts-expect-error a predicate that is no question
  await ctx.callActivity('greet', 'Ada', { retry: { maxAttempts: 3, firstRetryInterval: 1, retryIf: () => 'yes' } });
  // @ts-expect-error a predicate that cannot answer at once
  await ctx.activities.greet('Ada', { retry: { maxAttempts: 3, firstRetryInterval: 1, retryIf: async () => true } });
  // @ts-expect-error options where the input belongs
  await ctx.callActivity('greet', { retry: { maxAttempts: 3, firstRetryInterval: 1 } });
  // @ts-expect-error an option that does not exist
  await ctx.activities.greet('Ada', { retries: 3 });
}

export async function wrongOptions(ctx: Context) {
  // @ts-expect-error a tag that is no text
  await ctx.callSubOrchestrator(orchestrations.chain, ['Ada'], { tags: { team: 7 } });
  // @ts-expect-error the result of one that nobody waits for
  const names: string[] = await ctx.callSubOrchestrator(orchestrations.chain, ['Ada'], { detached: true });
  // @ts-expect-error an event without a name
  ctx.sendEvent('x');
  // @ts-expect-error sending is no task
  ctx.sendEvent('x', 'go').cancel();
  // @ts-expect-error a patch without a name
  if (ctx.patched()) return names;
  // @ts-expect-error a version that is no text
  ctx.continueAsNew<typeof wrongOptions>(undefined, { version: 2 });
}

export async function wrongScopes(ctx: Context) {
  // @ts-expect-error the body is a function
  await ctx.scope(ctx.createTimer(1));
  // @ts-expect-error a body that waits for nothing
  await ctx.scope(() => 7);
  // @ts-expect-error a time limit without a unit that is known
  await ctx.scope((scope) => scope.createTimer(1), { timeout: '3 days' });
  // @ts-expect-error there is nothing to undo outside of a scope
  ctx.addCompensation('greet', 'Ada');
  await ctx.scope(async (scope) => {
    // @ts-expect-error an activity that does not exist
    scope.addCompensation('great', 'Ada');
    // @ts-expect-error an input of another type
    scope.addCompensation('greet', 7);
    // @ts-expect-error a predicate cannot be recorded
    scope.addCompensation('greet', 'Ada', { retry: { maxAttempts: 3, firstRetryInterval: 1, retryIf: () => true } });
  });
  // @ts-expect-error the result of the body
  const size: number = await ctx.scope((scope) => scope.callActivity('greet', 'Ada'));
  return size;
}

export async function wrongContinue(ctx: Context, state: { round: number }): Promise<number> {
  if (state.round === 1) {
    // @ts-expect-error another input than its own
    ctx.continueAsNew<typeof wrongContinue>({ turn: 2 });
  }
  if (state.round === 2) {
    // @ts-expect-error no input
    ctx.continueAsNew<typeof wrongContinue>();
  }
  const next: number = ctx.continueAsNew<typeof wrongContinue>({ round: 2 });
  // @ts-expect-error its properties are read only
  ctx.instanceId = String(next);
  return next;
}

export async function wrongContinueByContract(ctx: ApprovalContext) {
  // @ts-expect-error another input than the contract's
  ctx.continueAsNew('7');
}
