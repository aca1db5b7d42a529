/**
 * Random plans over the whole context, carried out by the real engine and hub and by a naive reference: they come to the
 * same, whatever crashes, fails, is evicted, suspended, rewound or restarted on the way.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compensationName } from '../../src/core';
import type { StatusRecord } from '../../src/protocol';
import { checkInvariants, checkReplay } from '../support/invariants';
import { planOrchestrations, World } from '../support/plan-orchestrations';
import { expectedOf } from '../support/plan-reference';
import { type Plan, type PlanStep, planOf, planSteps, type Style } from '../support/plans';
import { type Strike, type StrikeAt, StruckSimulation, strikes } from '../support/struck-simulation';

interface Course {
  style: Style;
  steps: PlanStep[];
  /** What is done with the instance once it has ended. */
  next: 'purge' | 'replace' | 'restart';
  /** When it is suspended, and for how long, in hops of the event loop. */
  holds: { after: number; hops: number }[];
}

const course: fc.Arbitrary<Course> = fc.record({
  style: fc.constantFrom('plan' as const, 'planAsync' as const),
  steps: planSteps,
  next: fc.constantFrom('purge' as const, 'replace' as const, 'restart' as const),
  holds: fc.array(fc.record({ after: fc.nat(60), hops: fc.nat(30) }), { maxLength: 2 }),
});

const ended = ['Completed', 'Failed', 'Terminated'];
const runs = (share: number) => Math.ceil(Number(process.env.PERDURE_FAULT_RUNS ?? 1_000) * share);

class Trial {
  readonly world = new World();
  readonly sim: StruckSimulation;
  readonly undone: string[] = [];

  constructor(strikeAt: StrikeAt, maxInstances: number) {
    this.sim = new StruckSimulation(
      { orchestrations: planOrchestrations, activities: this.world.activities, maxInstances },
      strikeAt,
    );
  }

  async run(courses: readonly Course[]): Promise<void> {
    await this.sim.open();
    for (const [i, each] of courses.entries()) await this.#pursue(each, `round ${i}`);
    await this.sim.calm();
    await this.#checkAll();
    expect([...this.world.undone.values()]).toEqual(this.undone);
    await checkInvariants(this.sim);
  }

  /** Starts a plan and terminates it after so many hops: all that it started comes to an end, one way or another. */
  async cut({ style, steps }: Course, after: number, recursive: boolean): Promise<void> {
    const { sim } = this;
    await sim.open();
    await sim.insist(
      async () => (await this.#status('cut')) !== undefined,
      () => sim.command('startNew', { name: style, instanceId: 'i', input: planOf('cut', steps), fresh: false }),
    );
    await sim.quiet(after);
    await this.#order(
      async () => ended.includes((await this.#status('cut'))?.runtimeStatus ?? ''),
      () => sim.command('terminate', { instanceId: 'i', reason: 'enough', recursive }),
    );
    await sim.calm();
    const all = await this.#allEnded();
    const undone = [...this.world.undone.values()];
    for (const { instanceId, name, runtimeStatus, input } of all) {
      if (runtimeStatus !== 'Terminated') await checkReplay(sim, instanceId);
      if (name !== compensationName) continue;
      for (const step of (input as { steps: { input: string }[] }).steps) expect(undone).toContain(step.input);
    }
  }

  async #pursue({ style, steps, next, holds }: Course, round: string): Promise<void> {
    const { sim } = this;
    const plan = planOf(round, steps);
    await sim.insist(
      async () => (await this.#status(round)) !== undefined,
      () => sim.command('startNew', { name: style, instanceId: 'i', input: plan, fresh: false }),
    );
    await this.#see(plan, holds);
    if (next === 'restart') {
      // It begins as its last execution did.
      const last = (await this.#status(round))?.input as Plan;
      const before = this.#execution;
      await this.#order(
        async () => this.#execution !== before,
        () => sim.command('restart', { instanceId: 'i', newInstanceId: 'i' }),
      );
      await this.#see(last, [], true);
    } else if (next === 'purge') {
      await sim.insist(
        async () => (await sim.status('i').catch(() => undefined)) === undefined,
        () => sim.command('purge', { instanceId: 'i' }),
      );
    }
  }

  /** Accompanies a run to its end: raises its events, holds it now and then, mends and rewinds it when it breaks. */
  async #see(plan: Plan, holds: Course['holds'], isMended = false): Promise<void> {
    const { sim } = this;
    const accompanied = Promise.all([this.#raise(plan), this.#hold(plan.round, holds)]);
    const expected = expectedOf(plan, isMended);
    for (;;) {
      const status = await sim.until(async () => {
        const found = await this.#status(plan.round);
        return found && ended.includes(found.runtimeStatus) ? found : undefined;
      });
      if (status.runtimeStatus !== 'Failed') {
        await accompanied;
        expect(status).toMatchObject({ runtimeStatus: 'Completed', output: expected.output });
        expect(status.customStatus).toEqual(expected.customStatus);
        this.undone.push(...expected.undone);
        return;
      }
      expect(status.failure?.message).toMatch(/is broken|could be undone/);
      this.world.mend();
      const { message } = status.failure!;
      await this.#order(
        // Something else may have broken since.
        async () => (await this.#status(plan.round))?.failure?.message !== message,
        () => sim.command('rewind', { instanceId: 'i', reason: 'mended' }),
      );
    }
  }

  async #raise({ round, steps, events }: Plan): Promise<void> {
    const { sim } = this;
    for (let event = events; event < events + steps.filter((step) => step.do === 'event').length; event++) {
      // One that has failed takes no events before it is rewound.
      await this.#order(
        async () => (await this.#status(round))?.runtimeStatus === 'Completed',
        () => sim.command('raiseEvent', { instanceId: 'i', name: 'go', data: event }),
      );
    }
  }

  async #hold(round: string, holds: Course['holds']): Promise<void> {
    const { sim } = this;
    for (const { after, hops } of holds) {
      await sim.quiet(after);
      let isRefused = false;
      await this.#order(
        async () => isRefused,
        () =>
          sim.command('suspend', { instanceId: 'i', reason: 'for a while' }).catch(() => {
            isRefused = true;
          }),
      );
      await sim.quiet(hops);
      await sim.insist(
        async () => (await this.#status(round))?.suspended === undefined,
        () => sim.command('resume', { instanceId: 'i', reason: undefined }),
      );
    }
  }

  /** Gives an order until it was acknowledged, or was not needed. */
  async #order(isDone: () => Promise<boolean>, order: () => Promise<unknown>): Promise<void> {
    let isAcknowledged = false;
    await this.sim.insist(
      async () => isAcknowledged || (await isDone()),
      async () => {
        await order();
        isAcknowledged = true;
      },
    );
  }

  get #execution(): number | undefined {
    return (this.sim.hub?.tail?.get('i')?.row ?? this.sim.database.instances.get('i'))?.execution;
  }

  async #status(round: string) {
    const status = await this.sim.status('i').catch(() => undefined);
    return (status?.input as Plan | undefined)?.round === round ? status : undefined;
  }

  /** Children that nobody waited for have come to their end too, and each instance to what its own input says. */
  async #checkAll(): Promise<void> {
    for (const { name, input, output } of await this.#allEnded()) {
      if (name !== 'listen') expect(output).toEqual(expectedOf(input as Plan).output);
    }
  }

  async #allEnded(): Promise<StatusRecord[]> {
    const { sim } = this;
    const statuses = async () => {
      const ids = new Set([...sim.database.instances.keys(), ...(sim.hub?.tail?.instances.keys() ?? [])]);
      return (await Promise.all(Array.from(ids, (id) => sim.status(id)))).filter((status) => status !== undefined);
    };
    return sim.until(async () => {
      // One that is to be started may lie in the last commit's carry.
      if ([...sim.database.log.values()].at(-1)?.carry.some(({ kind }) => kind === 'start')) return undefined;
      const found = await statuses();
      return found.every(({ runtimeStatus }) => ended.includes(runtimeStatus)) ? found : undefined;
    });
  }
}

/** Strikes at random store operations. */
function scheduled(faults: readonly { after: number; strike: Strike }[]): StrikeAt {
  const due = new Map<number, Strike>();
  let at = 0;
  for (const { after, strike } of faults) {
    at += after + 1;
    due.set(at, strike);
  }
  return (operation) => due.get(operation);
}

const faults = fc.array(fc.record({ after: fc.nat(30), strike: fc.constantFrom(...strikes) }), { maxLength: 8 });

describe('a plan comes to what the reference says', () => {
  it('when nothing is in the way', async () => {
    await fc.assert(
      fc.asyncProperty(course, (each) => new Trial(() => undefined, 1_000).run([{ ...each, holds: [] }])),
      { numRuns: runs(2) },
    );
  }, 300_000);

  it('whatever crashes, fails, is evicted, taken over, suspended, rewound or restarted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(course, { minLength: 1, maxLength: 2 }),
        faults,
        fc.constantFrom(1, 3, 1_000),
        fc.constantFrom(0, 3, 9),
        async (courses, struck, maxInstances, pace) => {
          const trial = new Trial(scheduled(struck), maxInstances);
          trial.sim.clock.pace = pace;
          await trial.run(courses);
        },
      ),
      { numRuns: runs(4) },
    );
  }, 300_000);

  it('or to an end, if it is terminated at any moment, and what it had done is undone', async () => {
    await fc.assert(
      fc.asyncProperty(
        course,
        fc.nat(80),
        fc.boolean(),
        faults,
        fc.constantFrom(1, 1_000),
        (each, after, recursive, struck, maxInstances) =>
          new Trial(scheduled(struck), maxInstances).cut(each, after, recursive),
      ),
      { numRuns: runs(1) },
    );
  }, 300_000);
});
