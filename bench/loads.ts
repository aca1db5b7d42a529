/** The loads. perdure runs them as orchestrations, the floor by counting the same numbers down. */

/** What one instance does: so many steps, one after the other, each of so many activities in parallel. */
export interface Shape {
  steps: number;
  width: number;
}

export interface Load extends Shape {
  instances: number;
}

export const loads = {
  chain100: { instances: 1, steps: 100, width: 1 },
  chain1000: { instances: 1, steps: 1000, width: 1 },
  fanOut1000: { instances: 1, steps: 1, width: 1000 },
  fanOut10000: { instances: 1, steps: 1, width: 10_000 },
  many1000x5: { instances: 1000, steps: 5, width: 1 },
  many10000x5: { instances: 10_000, steps: 5, width: 1 },
  // Without steps an instance is over with its start: it is the acknowledged start that is timed.
  startNew1000: { instances: 1000, steps: 0, width: 1 },
} satisfies Record<string, Load>;

export type LoadName = keyof typeof loads;

/** How the orchestrators are written. The floor has none: its traffic is the same for both. */
export const styles = ['generator', 'async'] as const;

export type Style = (typeof styles)[number];

/** Whether the page starts the next instance when the last start is acknowledged, or all at once. */
export const paces = ['together', 'oneByOne'] as const;

export type Pace = (typeof paces)[number];

/** How a load is run. */
export type Variant = Style | Pace;

/** A start without steps is the same in both styles. */
export function variantsOf({ steps }: Load): readonly Variant[] {
  return steps === 0 ? paces : styles;
}

/** Starts and completed activities: what has to be recorded. */
export function eventsOf({ instances, steps, width }: Load): number {
  return instances * (1 + steps * width);
}
