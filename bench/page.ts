/** The page of the bench: it times single runs. Which, and how often, is decided in `run.mjs`. */
import type { Padding } from './floor.worker';
import { linear } from './linear';
import { eventsOf, type Load, type LoadName, loads, type Style, styles } from './loads';
import { openFloor, openPerdure, type Side } from './sides';
import { type Count, counting, type Written } from './written';

export interface Run {
  side: 'perdure' | 'floor';
  load: LoadName;
  style: Style;
  /** Runs the load once before, untimed, so that the worker's code is compiled. */
  warm: boolean;
}

const noPadding: Padding = { text: '', charactersPerEvent: 0 };
/** After this time, in milliseconds, a checkpoint of the run before is done. */
const quietMs = 1_000;
const limitMs = 30_000;

const bench = {
  loads: Object.keys(loads) as LoadName[],
  styles,
  linear,
  padding: noPadding,

  /** Counts what each side writes, and lets the floor write as much from now on. */
  async level(loadName: LoadName, style: Style): Promise<Record<Run['side'], Written>> {
    const load = loads[loadName];
    const perdure = await count(openPerdure(style, counting), load);
    const bare = await count(openFloor(noPadding, counting), load);
    const missing = Math.max(0, perdure.written.bytes - bare.written.bytes);
    bench.padding = { text: perdure.text, charactersPerEvent: missing / eventsOf(load) };
    const floor = await count(openFloor(bench.padding, counting), load);
    return { perdure: perdure.written, floor: floor.written };
  },

  /** Milliseconds from the start of the load until the page has all results. */
  async time({ side: name, load: loadName, style, warm }: Run): Promise<number> {
    const load = loads[loadName];
    const side = name === 'perdure' ? openPerdure(style, '') : openFloor(bench.padding, '');
    await inTime(side.ready);
    if (warm) {
      await inTime(side.run(load));
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
    const start = performance.now();
    const results = await inTime(side.run(load));
    const ms = performance.now() - start;
    check(results, load);
    await side.close();
    return ms;
  },
};

/** What `run.mjs` finds in the page. */
export type Bench = typeof bench;
declare global {
  interface Window {
    bench: Bench;
  }
}
window.bench = bench;

/** A run that never ends must not hold the bench for ever. */
function inTime<T>(promise: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no result within ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([promise, late]);
}

async function count(side: Side, load: Load): Promise<Count> {
  await inTime(side.ready);
  const before = await readCount();
  check(await inTime(side.run(load)), load);
  const after = await readCount();
  await side.close();
  const written = { ...after.written };
  for (const key of Object.keys(written) as (keyof Written)[]) written[key] -= before.written[key];
  const text = after.text.slice(before.text.length);
  return { written, text: text.repeat(Math.ceil(2 ** 20 / Math.max(text.length, 1))) };
}

function readCount(): Promise<Count> {
  const channel = new BroadcastChannel(counting);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<Count>) => {
      channel.close();
      resolve(data);
    };
    channel.postMessage(null);
  });
}

function check(results: readonly number[], { instances, steps, width }: Load): void {
  if (results.length === instances && results.every((done) => done === steps * width)) return;
  throw new Error(`the load was not done: ${results.length} results, the first ones ${results.slice(0, 5).join(', ')}`);
}
