/** A while in the life of several tabs, in which anything may happen, and what must hold when it is over. */
import { activities } from '../programs';
import { type Job, programJob, strangeJob, terminatedJob, twoBuilds } from './jobs';
import { checkWorld } from './oracle';
import type { Tab } from './tab';
import { type Build, calm, World } from './world';

const mostTabs = 5;

export async function runChaos(seed: number): Promise<World> {
  const world = new World({ seed, activities });
  const { chance } = world;
  const builds = twoBuilds(chance.is(0.5));
  const [older, newer] = builds;
  world.weather = {
    failing: chance.one([0, 0.02, 0.1]),
    loss: chance.one([0, 0.1, 0.9]),
    doubling: chance.one([0, 0.2]),
    delayMs: chance.one([1, 20, 500]),
    diskMs: chance.one([0, 2, 20]),
  };
  const jobs: Job[] = [
    ...Array.from({ length: 1 + chance.upTo(3) }, (_, i) => programJob(world, `program ${i}`)),
    strangeJob(world, 'of the older build', older, 'ofOlder'),
    strangeJob(world, 'of the newer build', newer, 'ofNewer'),
    terminatedJob(world, 'terminated'),
  ];
  let failure: { error: unknown } | undefined;
  const done = new Set<Job>();
  for (const job of jobs) {
    job.run().then(
      () => done.add(job),
      (error: unknown) => {
        failure ??= { error };
      },
    );
  }
  const unless = <T>(look: () => T | undefined) => {
    if (failure) throw failure.error;
    return look();
  };

  world.openTab(chance.one(builds));
  for (let left = chance.upTo(25); left > 0; left--) {
    await world.pass(chance.is(0.2) ? chance.upTo(20_000) : chance.upTo(1_500));
    unless(() => undefined);
    befall(world, builds);
  }

  becalm(world);
  await world.pass(60_000);
  // The build that is loaded last runs, and one with a lower number when no other is left.
  const user = world.openTab(newer);
  // Among so many crashes, what ran may have been taken for their cause. Its user knows better.
  for (const { id: instanceId } of jobs) user.call('resume', { instanceId, reason: undefined }).catch(() => {});
  await world.until(() => unless(() => jobs.every((job) => job.build === older || done.has(job)) || undefined));
  for (const tab of world.openTabs) tab.close();
  const last = world.openTab(older);
  await world.until(() => unless(() => done.size === jobs.length || undefined));
  await checkWorld(world, last, jobs);
  for (const tab of world.openTabs) tab.close();
  return world;
}

/** Something happens to one of the tabs. */
function befall(world: World, builds: readonly Build[]): void {
  const { chance } = world;
  const tabs = world.openTabs;
  if (tabs.length === 0) return void world.openTab(chance.one(builds));
  const tab = chance.one(tabs);
  const later = (ms: number, run: () => void) => void world.clock.setTimer(run, chance.upTo(ms));
  const faults: (() => void)[] = [
    () => tabs.length < mostTabs && world.openTab(chance.one(builds)),
    () => tabs.length < mostTabs && world.openTab(chance.one(builds)),
    () => tab.close(),
    () => tab.crash(),
    () => {
      tab.close();
      world.openTab(tab.build);
    },
    () => {
      tab.freeze();
      if (chance.is(0.7)) later(20_000, () => tab.thaw());
    },
    () => {
      tab.leave();
      later(10_000, () => tab.comeBack());
    },
    () => tab.killWorker(),
    () => {
      tab.wedgeWorker();
      if (chance.is(0.7)) later(15_000, () => tab.unwedgeWorker());
    },
    () => tab.show(chance.is(0.5)),
    () => world.clock.move(chance.one([-3_600_000, 3_600_000])),
    () => {
      tab.isLoadable = false;
      tab.killWorker();
      later(20_000, () => {
        tab.isLoadable = true;
      });
    },
  ];
  chance.one(faults)();
}

/** Nothing goes wrong any more, and every timer is due. A tab that is frozen wakes up, or is discarded. */
function becalm(world: World): void {
  world.weather = calm;
  world.clock.move(24 * 3_600_000);
  for (const tab of world.openTabs) {
    if (tab.isFrozen && world.chance.is(0.5)) tab.crash();
    else restore(tab);
  }
}

function restore(tab: Tab): void {
  tab.isLoadable = true;
  tab.thaw();
  tab.comeBack();
  tab.show(true);
}
