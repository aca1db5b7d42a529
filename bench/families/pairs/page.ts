/** One run of a load, by perdure or by the floor; and what makes the floor write as much as perdure does. */
import { ask } from '../../ask';
import type { Padding } from '../../floor.worker';
import { inTime, pause } from '../../hub';
import {
  eventsOf,
  type Load,
  type LoadName,
  loads,
  type Pace,
  type Style,
  type Variant,
  variantsOf,
} from '../../loads';
import { openFloor, openPerdure, type Side } from '../../sides';
import { type Count, counting, type Written } from '../../written';

export interface Run {
  side: 'perdure' | 'floor';
  load: LoadName;
  variant: Variant;
  /** Runs the load once before, untimed, so that the worker's code is compiled. */
  warm: boolean;
}

/** In milliseconds, from the start of the load. */
export interface Times {
  /** Until the page has all results. */
  result: number;
  /** Until the log is empty, too. The floor has none to empty. */
  empty?: number;
}

/** In characters: a batch of 10,000 events is filled up with some 2 million. */
const longestFiller = 2 ** 23;
const noPadding: Padding = { text: '', charactersPerEvent: 0 };
let padding = noPadding;

export const pairs = {
  variantsOf: (name: LoadName) => variantsOf(loads[name]),

  /** Counts what each side writes, and lets the floor write as much from now on. */
  async level(name: LoadName, variant: Variant): Promise<Record<Run['side'], Written>> {
    const load = loads[name];
    const perdure = await count(openPerdure(styleOf(variant), counting), load, variant);
    const bare = await count(openFloor(noPadding, counting), load, variant);
    const missing = Math.max(0, perdure.written.bytes - bare.written.bytes);
    padding = { text: perdure.text, charactersPerEvent: missing / eventsOf(load) };
    const floor = await count(openFloor(padding, counting), load, variant);
    return { perdure: perdure.written, floor: floor.written };
  },

  async time({ side: which, load: name, variant, warm }: Run): Promise<Times> {
    const load = loads[name];
    const side = which === 'perdure' ? openPerdure(styleOf(variant), '') : openFloor(padding, '');
    await inTime(side.ready);
    // What the opening has left behind is none of the load's.
    await settled(side);
    if (warm) {
      await inTime(side.run(load, paceOf(variant)));
      await settled(side);
    }
    const start = performance.now();
    const results = await inTime(side.run(load, paceOf(variant)));
    const result = performance.now() - start;
    check(results, load);
    await settled(side);
    const times: Times = side.emptied ? { result, empty: performance.now() - start } : { result };
    await side.close();
    return times;
  },
};

/** perdure has rested before its load begins, so the floor has, too. */
function settled(side: Side): Promise<void> {
  return inTime(side.emptied?.() ?? pause(200));
}

function styleOf(variant: Variant): Style {
  return variant === 'async' ? 'async' : 'generator';
}

function paceOf(variant: Variant): Pace {
  return variant === 'oneByOne' ? 'oneByOne' : 'together';
}

async function count(side: Side, load: Load, variant: Variant): Promise<Count> {
  await inTime(side.ready);
  const before = await ask<Count>(counting);
  check(await inTime(side.run(load, paceOf(variant))), load);
  const after = await ask<Count>(counting);
  await side.close();
  const written = { ...after.written };
  for (const key of Object.keys(written) as (keyof Written)[]) written[key] -= before.written[key];
  const text = after.text.slice(before.text.length);
  return { written, text: text.repeat(Math.ceil(longestFiller / Math.max(text.length, 1))) };
}

function check(results: readonly number[], { instances, steps, width }: Load): void {
  if (results.length === instances && results.every((done) => done === steps * width)) return;
  throw new Error(`the load was not done: ${results.length} results, the first ones ${results.slice(0, 5).join(', ')}`);
}
