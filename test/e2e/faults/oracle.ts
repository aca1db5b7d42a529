/**
 * Knows what the tabs of a scenario were promised, and looks afterwards whether it was kept, whatever happened between:
 * what was acknowledged is there; histories are gapless and in order; each task has one result; no two owners wrote at a
 * time; and nobody is stuck.
 */
import { expect } from '@playwright/test';
import { type EventShape, expectOneOwnerAtATime, expectWhole, historiesIn, readLedger } from './ledger';
import type { Tab } from './tab';

/** What comes out of the orchestrations that end by themselves. */
const outputs: Readonly<Record<string, (input: never) => unknown>> = {
  steps: (count: number) => (count * (count - 1)) / 2,
  family: ({ children, count }: { children: number; count: number }) => (children * count * (count - 1)) / 2,
  sleep: () => 'slept',
  ticks: (count: number) => count,
  ponder: () => 'pondered',
};

const longestMs = 60_000;

export class Oracle {
  /** Instances whose start was acknowledged. */
  readonly #started = new Map<string, { name: string; input: unknown }>();
  /** Numbers whose event was acknowledged, in the order in which they were raised. */
  readonly #raised = new Map<string, number[]>();

  started(id: string, name: string, input: unknown): void {
    this.#started.set(id, { name, input });
  }

  raised(id: string, item: number): void {
    this.#raised.set(id, [...(this.#raised.get(id) ?? []), item]);
  }

  /** The storage was cleared: nobody can keep these promises. */
  forget(): void {
    this.#started.clear();
    this.#raised.clear();
  }

  async check(tab: Tab): Promise<void> {
    for (const [id, { name, input }] of this.#started) {
      const output = outputs[name];
      if (!output)
        expect(await tab.call('getStatus', id), `acknowledged, so it is there: '${id}'`).toHaveProperty('value');
      else expect(await tab.end(id, longestMs), `the end of '${id}'`).toEqual({ output: output(input as never) });
    }
    const ledger = await readLedger(tab.page);
    expectOneOwnerAtATime(ledger);
    const histories = historiesIn(ledger);
    for (const [id, history] of histories) expectWhole(id, history);
    for (const id of this.#started.keys()) {
      expect(await tab.eventTypes(id), `what is shown of '${id}' is what was written`).toEqual(
        histories.get(id)?.map(({ type }) => type),
      );
    }
    for (const [id, items] of this.#raised) expectRaised(id, items, histories.get(id) ?? []);
  }
}

/** Each was raised once. Others may have been: their acknowledgement was lost. */
function expectRaised(id: string, items: readonly number[], history: readonly EventShape[]): void {
  const found = history.flatMap(({ item }) => (item === undefined ? [] : [item]));
  expect(new Set(found).size, `no event of '${id}' came twice`).toBe(found.length);
  expect(
    items.filter((item) => !found.includes(item)),
    `acknowledged, and lost by '${id}'`,
  ).toEqual([]);
}
