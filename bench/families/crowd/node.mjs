// @ts-check
// A hub with many instances, opened and asked. One database serves all: first with those that sleep, then with those that
// have ended beside them.

import { usualRuns, warmedUp } from '../family.mjs';

const [sleeping, ended] = [10_000, 100_000];

/** @type {import('../family.mjs').Family} */
export const crowd = {
  name: 'crowd',
  loads: ['boot10000', 'query'],

  measure: (lab, chosen, { runs = usualRuns }, report) =>
    lab.inPage(async (bench) => {
      /** @param {'sleeper' | 'nothing'} name @param {number} count */
      const add = (name, count) =>
        bench.evaluate(({ crowd }, args) => crowd.add(...args), /** @type {const} */ ([name, count]));
      /** @param {string} name */
      const boot = async (name) => {
        if (!chosen.has('boot10000')) return;
        report.tell(name, 'ms', await warmedUp(runs, () => bench.evaluate(({ crowd }) => crowd.boot())));
      };
      await add('sleeper', sleeping);
      await boot(`boot/${sleeping} asleep`);
      await add('nothing', ended);
      await boot(`boot/${sleeping} asleep, ${ended} ended`);
      if (!chosen.has('query')) return;
      for (const question of await bench.evaluate(({ crowd }) => crowd.questions)) {
        const all = await bench.evaluate(({ crowd }, question) => crowd.ask(question), question);
        report.tell(`query/${question}`, 'ms', all);
      }
    }),
};
