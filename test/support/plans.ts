/** Random plans over the whole context: a plan is data. Orchestrators in both styles carry it out, and a reference says what it must come to. */
import fc from 'fast-check';

export type PlanStep =
  | { do: 'activity' | 'lose' | 'cancel'; n: number }
  /** An activity that fails so often before it succeeds, and is tried so often. */
  | { do: 'retry'; fails: number; attempts: number }
  /** An activity that fails, and whose failure is not to be tried again. */
  | { do: 'refuse' }
  | { do: 'timer'; ms: number }
  /** Of two timers, the one that is due first. */
  | { do: 'race'; a: number; b: number }
  | { do: 'all' | 'settle'; n: number[] }
  | { do: 'event' }
  /** An event that never comes. */
  | { do: 'miss'; ms: number; hasDefault: boolean }
  /** Sends an event to itself. */
  | { do: 'remind' }
  /** Sends an event to a child. */
  | { do: 'tell' }
  | { do: 'child'; steps: PlanStep[]; style: Style; isNamed: boolean }
  | { do: 'detach'; steps: PlanStep[]; style: Style }
  /** So many steps with something to undo, some of them in an inner scope, and how it ends. */
  | { do: 'scope'; steps: number; inner: number; ends: 'well' | 'fails' | 'late' | 'breaks'; badUndo: boolean }
  /** An activity that fails until somebody mends it: the orchestration fails, and is rewound. */
  | { do: 'break' }
  | { do: 'status'; value: number }
  | { do: 'draw' | 'patch' }
  | { do: 'continue'; keepsEvents: boolean };

export type Style = 'plan' | 'planAsync';

/** What an orchestrator is given. */
export interface Plan {
  /** Tells one use of an id from the next. */
  round: string;
  steps: PlanStep[];
  /** How many steps were before these. */
  at: number;
  results: unknown[];
  /** How many events were consumed. */
  events: number;
}

export function planOf(round: string, steps: PlanStep[]): Plan {
  return { round, steps, at: 0, results: [], events: 0 };
}

const ms = fc.nat(20_000);
const n = fc.nat(30);
const style = fc.constantFrom<Style>('plan', 'planAsync');
const a = <T extends Record<string, unknown>>(name: string, fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record({ do: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<PlanStep>;

/** What can stand anywhere. */
const plain: fc.Arbitrary<PlanStep> = fc.oneof(
  a('activity', { n }),
  a('lose', { n }),
  a('cancel', { n }),
  a('retry', { fails: fc.nat(3), attempts: fc.integer({ min: 1, max: 3 }) }),
  a('refuse', {}),
  a('timer', { ms }),
  a('race', { a: ms, b: ms }),
  a('all', { n: fc.array(n, { maxLength: 4 }) }),
  a('settle', { n: fc.array(n, { maxLength: 4 }) }),
  a('miss', { ms, hasDefault: fc.boolean() }),
  a('remind', {}),
  a('tell', {}),
  a('status', { value: n }),
  a('draw', {}),
  a('patch', {}),
  a('continue', { keepsEvents: fc.boolean() }),
);
/** What fails or undoes: in an orderly succession only. */
const eventful: fc.Arbitrary<PlanStep> = fc.oneof(
  plain,
  a('break', {}),
  a('scope', {
    steps: fc.nat(3),
    inner: fc.nat(2),
    ends: fc.constantFrom('well', 'fails', 'late', 'breaks'),
    badUndo: fc.boolean(),
  }),
);
const few = (step: fc.Arbitrary<PlanStep>) => fc.array(step, { maxLength: 3 });
const nested: fc.Arbitrary<PlanStep> = fc.oneof(
  { weight: 3, arbitrary: eventful },
  { weight: 1, arbitrary: a('child', { steps: few(eventful), style, isNamed: fc.boolean() }) },
);
const step: fc.Arbitrary<PlanStep> = fc.oneof(
  { weight: 6, arbitrary: eventful },
  { weight: 2, arbitrary: a('event', {}) },
  { weight: 2, arbitrary: a('child', { steps: few(nested), style, isNamed: fc.boolean() }) },
  { weight: 1, arbitrary: a('detach', { steps: few(plain), style }) },
);

/** Events are dropped only where none is waited for any more. */
export const planSteps: fc.Arbitrary<PlanStep[]> = fc
  .array(step, { maxLength: 6 })
  .map((steps) =>
    steps.map((each, i) =>
      each.do === 'continue' && steps.slice(i).some((later) => later.do === 'event')
        ? { ...each, keepsEvents: true }
        : each,
    ),
  );
