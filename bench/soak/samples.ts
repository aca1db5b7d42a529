/** What the soak takes, over time: memory, storage and records; and whether that stays flat. */
import type { Memory } from './browser';
import type { Contents } from './inspect';

export interface Sample {
  seconds: number;
  started: number;
  ended: number;
  open: number;
  blows: number;
  epoch: number;
  contents: Contents['records'];
  /** Ended instances that are kept. */
  completed: number;
  /** Megabytes. */
  storage: number;
  memory?: Memory;
}

const columns: readonly [title: string, of: (sample: Sample) => number | undefined][] = [
  ['s', ({ seconds }) => seconds],
  ['started', ({ started }) => started],
  ['ended', ({ ended }) => ended],
  ['open', ({ open }) => open],
  ['blows', ({ blows }) => blows],
  ['epoch', ({ epoch }) => epoch],
  ['memory', ({ memory }) => memory?.processes],
  ['host', ({ memory }) => memory?.hosts[0]],
  ['hosts', ({ memory }) => memory?.hosts.reduce((sum, each) => sum + each, 0)],
  ['pages', ({ memory }) => memory?.pages],
  ['storage', ({ storage }) => storage],
  ['kept', ({ completed }) => completed],
  ['rows', ({ contents }) => contents.instances],
  ['history', ({ contents }) => contents.history],
  ['payloads', ({ contents }) => contents.payloads],
  ['log', ({ contents }) => contents.log],
  ['inbox', ({ contents }) => contents.inbox],
  ['outcomes', ({ contents }) => contents.outcomes],
];

const width = 9;

export const heading = columns.map(([title]) => title.padStart(width)).join('');

export function line(sample: Sample): string {
  return columns
    .map(([title, of]) => {
      const value = of(sample);
      if (value === undefined) return '-'.padStart(width);
      const isSize = ['memory', 'host', 'hosts', 'pages', 'storage'].includes(title);
      return value.toFixed(isSize ? 1 : 0).padStart(width);
    })
    .join('');
}

export interface Trend {
  what: string;
  middle: number;
  last: number;
  isFlat: boolean;
}

/** What may not grow, and by how much it may differ by chance, beside a fifth of it. */
const flat: Readonly<Record<string, number>> = {
  memory: 100,
  hosts: 25,
  pages: 5,
  storage: 20,
  kept: 1_500,
  rows: 1_500,
  history: 300,
  payloads: 200,
  outcomes: 500,
};

/** Compares the end of the load with its middle, by the medians. What grows all along differs there by half of it. */
export function trends(samples: readonly Sample[], loadSeconds: number): Trend[] {
  const within = (from: number, to: number) =>
    samples.filter(({ seconds }) => seconds >= from * loadSeconds && seconds <= to * loadSeconds);
  const [middle, last] = [within(0.3, 0.6), within(0.75, 1)];
  return Object.entries(flat).flatMap(([what, slack]) => {
    const of = columns.find(([title]) => title === what)?.[1];
    const values = (some: readonly Sample[]) => some.flatMap((each) => of?.(each) ?? []);
    const [before, after] = [median(values(middle)), median(values(last))];
    if (before === undefined || after === undefined) return [];
    return [{ what, middle: before, last: after, isFlat: after <= before * 1.2 + slack }];
  });
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
