/**
 * What the globals of a worker ask of the execution whose turn runs. Here they are asked directly; that the globals do
 * so is for the tests of the guards.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Execution } from '../../../src/core';
import { Play, type PlayOptions } from '../../support/core-turns';
import { type StepsOf, styles } from '../../support/styles';

describe.each(styles)('while the turn of %s runs', (_, write) => {
  /** Whose turn runs. */
  let current: Execution | undefined;
  let entered: Execution[];
  beforeEach(() => {
    current = undefined;
    entered = [];
  });

  /** Runs an orchestrator that has hold of its own execution, as the globals have. */
  async function guarded(body: (execution: Execution) => StepsOf, options: PlayOptions = {}): Promise<{ play: Play }> {
    const surroundings = {
      enter(execution: Execution): void {
        expect(current).toBeUndefined();
        current = execution;
        entered.push(execution);
      },
      leave(): void {
        expect(current).toBeDefined();
        current = undefined;
      },
    };
    const orchestrator = write(function* (ctx) {
      return yield* body(current as Execution)(ctx, undefined as never);
    });
    return { play: await Play.start(orchestrator, { ...options, surroundings }) };
  }

  it('the turn is entered and left, once each, also by a replay', async () => {
    const { play } = await guarded(
      () =>
        function* (ctx) {
          const seen = [current];
          yield* ctx.waitForExternalEvent('go');
          seen.push(current);
          yield* ctx.createTimer('1s');
          return seen.map((each) => each?.instanceId);
        },
    );
    expect(current).toBeUndefined();
    await play.raise('go');
    expect(current).toBeUndefined();
    expect(await play.finish()).toMatchObject({ result: ['i', 'i'] });
    expect(entered).toEqual([play.execution, play.execution, play.execution]);
    await play.reload();
    expect(current).toBeUndefined();
    expect(entered.slice(3)).toEqual([play.execution, play.execution, play.execution]);
  });

  it('the turn is left also when it throws', async () => {
    const started = guarded(
      (execution) =>
        function* (ctx) {
          execution.forbid('fetch', 'do it in an activity');
          yield* ctx.createTimer('1s');
        },
    );
    await expect(started).rejects.toThrow('fetch was called');
    expect(entered).toHaveLength(1);
    expect(current).toBeUndefined();
  });

  it('setTimeout makes a durable timer, whose callback runs in the turn that it fires in', async () => {
    const { play } = await guarded(
      (execution) =>
        function* (ctx) {
          const event = ctx.waitForExternalEvent('never');
          const log: string[] = [];
          const first = execution.setTimeout(() => log.push('late'), 2_000);
          const second = execution.setTimeout(() => {
            log.push(`early at ${execution.now}`);
            event.cancel('timed out');
          }, 1_000);
          expect(first).toBeGreaterThan(0);
          expect(second).not.toBe(first);
          try {
            yield* event;
          } catch (error) {
            log.push((error as Error).message);
          }
          yield* ctx.createTimer('1h');
          return log;
        },
    );
    expect(play.decisions.slice(0, 2)).toEqual([
      { type: 'TimerCreated', taskId: 0, fireAt: play.now + 2_000 },
      { type: 'TimerCreated', taskId: 1, fireAt: play.now + 1_000 },
    ]);
    const at = play.now + 1_000;
    expect(await play.finish()).toMatchObject({ result: [`early at ${at}`, 'timed out', 'late'] });
    await play.reload();
  });

  it('clearTimeout cancels the timer, and does nothing once it has fired', async () => {
    const { play } = await guarded(
      (execution) =>
        function* (ctx) {
          const log: string[] = [];
          const kept = execution.setTimeout(() => log.push('kept'), 10);
          execution.clearTimeout(execution.setTimeout(() => log.push('cleared'), 5));
          execution.clearTimeout(1_000);
          yield* ctx.createTimer('1s');
          execution.clearTimeout(kept);
          return log;
        },
    );
    expect(await play.finish()).toMatchObject({ result: ['kept'] });
    expect(play.types.filter((type) => type === 'TaskCanceled')).toHaveLength(1);
    await play.reload();
  });

  it('what a callback throws fails the orchestration', async () => {
    const { play } = await guarded(
      (execution) =>
        function* (ctx) {
          execution.setTimeout(() => {
            throw new RangeError('nobody catches it');
          }, 10);
          yield* ctx.waitForExternalEvent('never');
        },
    );
    expect(await play.finish()).toMatchObject({ failure: { name: 'RangeError', message: 'nobody catches it' } });
    await play.reload();
  });

  it('random numbers are the same on replay, of this execution alone, and counted on', async () => {
    const draw: (execution: Execution) => StepsOf = (execution) =>
      function* (ctx) {
        const drawn = [execution.random(), ctx.random()];
        yield* ctx.waitForExternalEvent('go');
        return [...drawn, ctx.random()];
      };
    const results: unknown[] = [];
    for (const options of [{}, { instanceId: 'j' }, { number: 8 }, {}]) {
      const { play } = await guarded(draw, options);
      await play.reload();
      await play.raise('go');
      const { result } = play.end as { result: number[] };
      expect(new Set(result).size).toBe(3);
      for (const drawn of result) expect(drawn >= 0 && drawn < 1).toBe(true);
      results.push(result);
    }
    expect(results[3]).toEqual(results[0]);
    expect(new Set(results.slice(0, 3).flat(2)).size).toBe(9);
  });

  it('a copy of an execution draws the ids and the chance of the original', async () => {
    const child = () => {};
    const orchestrator: (execution: Execution) => StepsOf = (execution) =>
      function* (ctx) {
        ctx.callSubOrchestrator(child);
        yield* ctx.callActivity('use', execution.random());
      };
    const original = await guarded(orchestrator, { children: { child } });
    const copy = await guarded(orchestrator, { children: { child }, number: 99, started: { execution: 7 } });
    expect(copy.play.decisions).toEqual(original.play.decisions);
  });

  it('the start of the first turn is known, whatever the time is now', async () => {
    const { play } = await guarded(
      (execution) =>
        function* (ctx) {
          yield* ctx.createTimer('1d');
          return [execution.startedAt, execution.now - execution.startedAt];
        },
    );
    expect(await play.finish()).toMatchObject({ result: [Date.UTC(2026, 0, 1), 86_400_000] });
    await play.reload();
  });

  it.each([false, true])(
    'a forbidden call ends the turn with an error, though it be swallowed: %s',
    async (isCaught) => {
      const started = guarded(
        (execution) =>
          function* (ctx) {
            try {
              throw execution.forbid('fetch', 'talk to the network in an activity');
            } catch (error) {
              if (!isCaught) throw error;
            }
            return yield* ctx.createTimer('1s');
          },
      );
      await expect(started).rejects.toMatchObject({
        code: 'NonDeterminism',
        message:
          "fetch was called by the orchestrator of 'i', where it would not do the same on replay; talk to the network in an activity",
      });
    },
  );
});
