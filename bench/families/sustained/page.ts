/** One load after the other for a minute: then checkpoints can be put off no longer. */
import { ask } from '../../ask';
import { inTime, openHub } from '../../hub';
import { type LoadName, loads } from '../../loads';
import { type Commits, timing } from '../../timing';

export interface Sustained {
  steps: number;
  /** Milliseconds until the page had the last result. */
  result: number;
  /** Until the log was empty, too. */
  empty: number;
  /** Steps per second in each tenth of the time. */
  tenths: number[];
  commits: Commits;
}

export const sustained = {
  async run(name: LoadName, seconds: number): Promise<Sustained> {
    const { instances, steps, width } = loads[name];
    const perLoad = instances * steps * width;
    const { client, emptied, remove } = openHub('sustained', timing);
    await inTime(client.ready);
    const one = async () => {
      const id = await client.startNew('chainOfSteps', { input: steps });
      await client.waitForCompletion(id);
    };
    const many = () => inTime(Promise.all(Array.from({ length: instances }, one)));
    // Its activity workers come up, and its code is compiled.
    await many();
    await emptied();
    await ask<Commits>(timing);

    const start = performance.now();
    const ends: number[] = [];
    do {
      await many();
      ends.push(performance.now() - start);
    } while (performance.now() - start < seconds * 1000);
    const result = performance.now() - start;
    const commits = await ask<Commits>(timing);
    await inTime(emptied());
    const empty = performance.now() - start;
    await remove();
    return { steps: ends.length * perLoad, result, empty, tenths: tenthsOf(ends, perLoad), commits };
  },
};

/** A load counts for a tenth by the part of its time that lies in it. */
function tenthsOf(ends: readonly number[], stepsPerLoad: number): number[] {
  const length = (ends.at(-1) ?? 0) / 10;
  return Array.from({ length: 10 }, (_, i) => {
    const from = i * length;
    let done = 0;
    for (const [load, end] of ends.entries()) {
      const begun = ends[load - 1] ?? 0;
      const inside = Math.min(end, from + length) - Math.max(begun, from);
      if (inside > 0) done += stepsPerLoad * (inside / (end - begun));
    }
    return done / (length / 1000);
  });
}
