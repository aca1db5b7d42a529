/**
 * Whatever fails, and wherever a crash strikes, an orchestration comes to what it comes to without faults: nothing that
 * was acknowledged is lost, no completion is applied twice, and every history can be replayed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PayloadCodec, payloadCodec } from '../../worker/codec';
import { checkInvariants } from '../support/invariants';
import { activities, orchestrations, outcomeOf, type Program, type Step, steps } from '../support/programs';
import { type Strike, type StrikeAt, StruckSimulation, strikes } from '../support/struck-simulation';

/** What an id is used for, one after the other. */
interface Use {
  style: 'steps' | 'async';
  steps: Step[];
  after: 'purge' | 'replace';
}

const open = (strikeAt: StrikeAt, maxInstances: number, codec?: PayloadCodec) =>
  new StruckSimulation({ orchestrations, activities, maxInstances, ...(codec && { codec }) }, strikeAt);

/** Nothing of a value is left as it was. */
const flipping = payloadCodec({
  encode: (bytes) => bytes.map((byte) => byte ^ 0x55),
  decode: async (bytes) => bytes.map((byte) => byte ^ 0x55),
});

/** Uses an id as its list says, and checks what each use comes to. */
async function useId(sim: StruckSimulation, id: string, uses: readonly Use[]): Promise<void> {
  for (const [i, use] of uses.entries()) {
    const round = `${id}#${i}`;
    const input: Program = { round, steps: use.steps, results: [], events: 0 };
    const current = async () => {
      const status = await sim.status(id).catch(() => undefined);
      return (status?.input as Program | undefined)?.round === round ? status : undefined;
    };
    await sim.insist(
      async () => (await current()) !== undefined,
      () => sim.command('startNew', { name: use.style, instanceId: id, input, fresh: false }),
    );
    const hasEnded = async () => (await current())?.runtimeStatus === 'Completed';
    for (let event = 0; event < use.steps.filter((step) => step.do === 'event').length; event++) {
      let sent = false;
      await sim.insist(
        async () => sent || (await hasEnded()),
        async () => {
          await sim.command('raiseEvent', { instanceId: id, name: 'go', data: event });
          sent = true;
        },
      );
    }
    const ended = await sim.until(async () => ((await hasEnded()) ? current() : undefined));
    expect(ended?.output).toEqual(outcomeOf(use.steps));
    if (use.after === 'purge') {
      await sim.insist(
        async () => (await sim.status(id).catch(() => undefined)) === undefined,
        () => sim.command('purge', { instanceId: id }),
      );
    }
  }
}

/** @param pace with 9, every turn takes so long that its batch closes, and what it sends is carried over */
async function run(sim: StruckSimulation, ids: readonly (readonly Use[])[], pace: number): Promise<void> {
  sim.clock.pace = pace;
  await sim.open();
  await Promise.all(ids.map((uses, i) => useId(sim, `id${i}`, uses)));
  await sim.calm();
  await checkInvariants(sim);
}

const use: fc.Arbitrary<Use> = fc.record({
  style: fc.constantFrom('steps' as const, 'async' as const),
  steps,
  after: fc.constantFrom('purge' as const, 'replace' as const),
});
const ids = fc.array(fc.array(use, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });

describe('faults', () => {
  it('changes no outcome, whatever fails or crashes at random', async () => {
    const schedule = fc.array(fc.record({ after: fc.nat(25), strike: fc.constantFrom(...strikes) }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        ids,
        schedule,
        fc.constantFrom(1, 3, 1_000),
        fc.constantFrom(0, 3, 9),
        fc.constantFrom(undefined, undefined, flipping),
        async (uses, faults, maxInstances, pace, codec) => {
          const due = new Map<number, Strike>();
          let at = 0;
          for (const { after, strike } of faults) {
            at += after + 1;
            due.set(at, strike);
          }
          await run(
            open((operation) => due.get(operation), maxInstances, codec),
            uses,
            pace,
          );
        },
      ),
      { numRuns: Number(process.env.PERDURE_FAULT_RUNS ?? 1_000) },
    );
  }, 300_000);

  const exemplary: Use[][] = [
    [
      {
        style: 'steps',
        steps: [
          { do: 'activity', n: 1 },
          { do: 'blob', bytes: 3 },
          { do: 'continue' },
          { do: 'blob', bytes: 4 },
          { do: 'timer', ms: 50 },
          { do: 'blob', bytes: 5 },
        ],
        after: 'replace',
      },
      { style: 'async', steps: [{ do: 'all', n: [1, 7, 3] }, { do: 'event' }], after: 'purge' },
      { style: 'steps', steps: [{ do: 'race', n: 2 }], after: 'replace' },
    ],
    [
      {
        style: 'async',
        steps: [
          { do: 'event' },
          { do: 'child', explicit: false, steps: [{ do: 'activity', n: 4 }, { do: 'continue' }] },
          { do: 'continue' },
          { do: 'event' },
        ],
        after: 'purge',
      },
    ],
  ];

  it.each(strikes)(
    'changes no outcome with %s at any single store operation',
    async (strike) => {
      const undisturbed = open(() => undefined, 2);
      await run(undisturbed, exemplary, 9);
      expect(undisturbed.operations).toBeGreaterThan(30);
      for (let at = 0; at < undisturbed.operations; at++) {
        try {
          await run(
            open((operation) => (operation === at ? strike : undefined), 2),
            exemplary,
            9,
          );
        } catch (error) {
          throw new Error(`${strike} at store operation ${at}`, { cause: error });
        }
      }
    },
    120_000,
  );
});
