/** What the origin takes on the disk, as the browser tells, before and after a load. */
import { inTime, pause } from '../../hub';
import { type LoadName, loads } from '../../loads';
import { openPerdure } from '../../sides';

/** The browser looks at the files some time after they have changed. */
const settleMs = 1_000;

export interface Bytes {
  steps: number;
  /** When the page had all results. */
  result: number;
  /** When the log was empty. */
  empty: number;
}

export const bytes = {
  /** Once per origin, since what was deleted leaves its traces in the files. */
  async measure(name: LoadName): Promise<Bytes> {
    const { instances, steps, width } = loads[name];
    const side = openPerdure('generator', '');
    await inTime(side.ready);
    await side.emptied?.();
    const before = await usage();
    await inTime(side.run(loads[name]));
    const result = await usage();
    await inTime(side.emptied?.() ?? Promise.resolve());
    await pause(settleMs);
    const empty = await usage();
    return { steps: instances * steps * width, result: result - before, empty: empty - before };
  },
};

async function usage(): Promise<number> {
  return (await navigator.storage.estimate()).usage ?? Number.NaN;
}
