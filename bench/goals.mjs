// @ts-check
// What the figures are to come to, by their names in a results file. A goal is judged by the median. It is a goal and no
// test: what is missed here fails nothing. What must not get worse has a budget in the tests or in `.size-limit.json`.

/** @typedef {{ most: number } | { least: number }} Goal */

/** @type {Readonly<Record<string, Goal>>} */
export const goals = {
  'chain100/generator/ratio': { most: 2 },
  'fanOut1000/generator/ratio': { most: 2 },
  'many1000x5/generator/ratio': { most: 2 },
  'chain100/async/ratio': { most: 3.5 },
  'fanOut1000/async/ratio': { most: 3.5 },
  'many1000x5/async/ratio': { most: 3.5 },

  // Ten times as much takes ten times as long.
  'chain1000/generator/growth': { most: 11 },
  'chain1000/async/growth': { most: 11 },
  'fanOut10000/generator/growth': { most: 11 },
  'fanOut10000/async/growth': { most: 11 },
  'many10000x5/generator/growth': { most: 11 },
  'many10000x5/async/growth': { most: 11 },

  'replay10000/generator/time': { most: 100 },
  'replay10000/async/time': { most: 250 },

  'boot/10000 asleep': { most: 150 },
  'boot/10000 asleep, 100000 ended': { most: 150 },
  'query/firstPage': { most: 20 },
  'query/firstPageCompleted': { most: 20 },
  'query/count': { most: 50 },
  'query/countCompleted': { most: 50 },

  'coldStart/first visit': { most: 250 },

  'sustained/steps': { least: 20_000 },
  'sustained/commit during checkpoints, median': { most: 3 },

  'memory/asleep': { most: 2_000 },
  'memory/asleep since it ran here': { most: 2_000 },

  'sizes/page': { most: 13 },
  'sizes/worker': { most: 25 },
};

/** @param {Goal} goal @param {number} value */
export function isMet(goal, value) {
  return 'most' in goal ? value <= goal.most : value >= goal.least;
}

/** @param {Goal} goal */
export function showGoal(goal) {
  return 'most' in goal ? `at most ${goal.most}` : `at least ${goal.least}`;
}
