/** The loads. perdure runs them as orchestrations, the floor by counting the same numbers down. */

/** What one instance does: so many steps, one after the other, each of so many activities in parallel. */
export interface Shape {
  steps: number;
  width: number;
}

export interface Load extends Shape {
  /** All are started at once. */
  instances: number;
}

export const loads = {
  chain100: { instances: 1, steps: 100, width: 1 },
  fanOut1000: { instances: 1, steps: 1, width: 1000 },
  many1000x5: { instances: 1000, steps: 5, width: 1 },
} satisfies Record<string, Load>;

export type LoadName = keyof typeof loads;

/** How the orchestrators are written. The floor has none: its traffic is the same for both. */
export const styles = ['async', 'generator'] as const;

export type Style = (typeof styles)[number];

/** Starts and completed activities: what has to be recorded. */
export function eventsOf({ instances, steps, width }: Load): number {
  return instances * (1 + steps * width);
}
