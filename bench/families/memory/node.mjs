// @ts-check
// What an instance that waits takes of the host worker's heap, against a worker whose hub is empty.

import { heapOf } from '../../heap.mjs';
import { fewRuns, repeated } from '../family.mjs';

/** @type {import('../family.mjs').Family} */
export const memory = {
  name: 'memory',
  loads: ['memory'],

  measure: (lab, _chosen, { runs = fewRuns }, report) =>
    lab.inPage(async (bench) => {
      const instances = await bench.evaluate(({ memory }) => memory.instances);
      /** @param {string} worker */
      const used = async (worker) => {
        const heap = await heapOf(lab.browser, worker);
        const bytes = await heap.used();
        await heap.detach();
        return bytes;
      };
      const all = await repeated(runs, async () => {
        const first = await bench.evaluate(({ memory }) => memory.open('new'));
        const empty = await used(first);
        await bench.evaluate(({ memory }) => memory.start());
        const live = await used(first);
        await bench.evaluate(({ memory }) => memory.settle());
        const rested = await used(first);
        await bench.evaluate(({ memory }) => memory.close());
        const second = await bench.evaluate(({ memory }) => memory.open('same'));
        const asleep = await used(second);
        await bench.evaluate(({ memory }) => memory.close());
        return { empty, live: live - empty, rested: rested - empty, asleep: asleep - empty };
      });
      /** @param {'live' | 'rested' | 'asleep'} key */
      const each = (key) => all.map((run) => run[key] / instances);
      report.tell('memory/asleep', 'bytes', each('asleep'));
      report.tell('memory/asleep since it ran here', 'bytes', each('rested'));
      report.tell('memory/live', 'bytes', each('live'));
      report.tell(
        'memory/empty hub',
        'bytes',
        all.map(({ empty }) => empty),
      );
    }),
};
