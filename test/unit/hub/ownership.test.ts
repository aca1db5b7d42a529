/** Who of several tabs runs the hub, and how it changes hands: when a tab goes, when it is frozen, when a new build comes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OrchestrationContext } from '../../../src';
import { activities } from '../../support/programs';
import { checkRecords } from '../../support/tabs/oracle';
import type { Tab } from '../../support/tabs/tab';
import { type Build, World } from '../../support/tabs/world';

type Context = OrchestrationContext<typeof activities>;

const orchestrations = {
  works: async (ctx: Context, n: number) => await ctx.callActivity('work', n),
  waits: async (ctx: Context) => await ctx.waitForExternalEvent('go'),
};
const build: Build = { name: 'same', orchestrations };
const build1: Build = { name: 1, orchestrations: { ...orchestrations, ofOne: orchestrations.works } };
const build2: Build = { name: 2, orchestrations: { ...orchestrations, ofTwo: orchestrations.works } };

let world: World;
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  world = new World({ seed: 1, activities });
});
afterEach(() => {
  for (const tab of world.openTabs) tab.close();
  vi.restoreAllMocks();
});

async function open(...builds: Build[]): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for (const each of builds) {
    const tab = world.openTab(each);
    tabs.push(tab);
    await world.until(() => (tab.view.role === 'starting' ? undefined : true));
    await world.pass(3_000);
  }
  return tabs;
}

const owner = () => world.openTabs.find((tab) => tab.isOwner);
const owns = (tab: Tab) => world.until(() => (tab.view.role === 'owner' && tab.isOwner ? true : undefined), 60_000);
const start = (tab: Tab, name: string, instanceId: string, input: unknown = 1) =>
  tab.call('startNew', { name, instanceId, input, fresh: false });
const end = (tab: Tab, instanceId: string) => tab.call('waitForEnd', { instanceId });
const epochs = () => new Set(world.records.map(({ epoch }) => epoch)).size;

describe('a tab that goes', () => {
  it.each(['close', 'crash'] as const)('by %s leaves the hub to the one that has waited longest', async (how) => {
    const [first, second, third] = await open(build, build, build);
    await world.within(start(third!, 'waits', 'i'));
    first![how]();
    await owns(second!);
    expect(third!.view.role).toBe('waiting');
    await world.within(third!.call('raiseEvent', { instanceId: 'i', name: 'go', data: 7 }));
    expect(await world.within(end(third!, 'i'))).toMatchObject({ output: 7 });
    checkRecords(world.records);
  });

  it('into the cache of pages gives the hub away, and is a client again when it is back', async () => {
    const [first, second] = await open(build, build);
    first!.leave();
    await owns(second!);
    first!.comeBack();
    await world.until(() => (first!.view.role === 'waiting' ? true : undefined));
    await world.within(start(first!, 'works', 'i'));
    expect(await world.within(end(first!, 'i'))).toMatchObject({ output: 2 });
  });

  it('and comes back with nobody else there goes on', async () => {
    const [only] = await open(build);
    await world.within(start(only!, 'waits', 'i'));
    only!.leave();
    await world.pass(10_000);
    only!.comeBack();
    // The browser may say so twice.
    only!.comeBack();
    await owns(only!);
    await world.within(only!.call('raiseEvent', { instanceId: 'i', name: 'go', data: 7 }));
    expect(await world.within(end(only!, 'i'))).toMatchObject({ output: 7 });
  });

  it('starts one worker when it comes back while another one was to be started anyway', async () => {
    const [first, second] = await open(build, build);
    first!.killWorker();
    await owns(second!);
    await world.until(() => (first!.view.error ? true : undefined));
    first!.comeBack();
    await world.pass(10_000);
    first!.close();
    second!.close();
    const [third] = await open(build);
    await owns(third!);
  });
});

describe('an owner that is frozen', () => {
  it('loses the hub to a tab that is seen within seven seconds, and commits nothing when it wakes up', async () => {
    const [first, second] = await open(build, build);
    await world.within(start(first!, 'waits', 'i'));
    const at = world.clock.monotonicNow();
    first!.freeze();
    await owns(second!);
    expect(world.clock.monotonicNow() - at).toBeLessThan(7_000);
    const taken = world.records.length;
    const late = start(first!, 'works', 'late');
    first!.thaw();
    await world.until(() => (first!.view.role === 'waiting' ? true : undefined));
    expect(await world.within(late)).toBe('late');
    expect(await world.within(end(first!, 'late'))).toMatchObject({ output: 2 });
    expect(new Set(world.records.slice(taken).map(({ epoch }) => epoch)).size).toBe(1);
    checkRecords(world.records);
  });

  it('loses it once, however many tabs notice', async () => {
    const [first, ...others] = await open(build, build, build, build, build);
    await world.within(start(first!, 'waits', 'i'));
    first!.freeze();
    const thief = await world.until(() => others.find((tab) => tab.view.role === 'owner'));
    await world.pass(30_000);
    expect(owner()).toBe(thief);
    expect(world.disk.database.meta.owner.epoch).toBe(2);
  });

  it('answers nothing from its memory when it wakes up', async () => {
    const [first, second, third] = await open(build, build, build);
    first!.freeze();
    await owns(second!);
    await world.within(start(third!, 'works', 'i'));
    const asked = first!.call('getStatus', { instanceId: 'i' });
    const counted = first!.call('countInstances', { filter: {} });
    first!.thaw();
    expect(await world.within(asked)).toMatchObject({ instanceId: 'i' });
    expect(await world.within(counted)).toBe(1);
  });

  it('keeps it as long as no other tab is seen', async () => {
    const [first, second] = await open(build, build);
    second!.show(false);
    await world.pass(3_000);
    first!.freeze();
    await world.pass(120_000);
    expect(owner()).toBe(first);
    second!.show(true);
    await owns(second!);
  });

  it.each([
    ['its worker is in a long turn', (tab: Tab) => tab.wedgeWorker()],
    ['a dialog holds its page', (tab: Tab) => tab.page.freeze()],
  ])('is not what it is while %s', async (_, hold) => {
    const [first] = await open(build, build);
    hold(first!);
    await world.pass(9_000);
    expect(owner()).toBe(first);
    first!.thaw();
    first!.unwedgeWorker();
    await world.within(start(first!, 'works', 'i'));
    expect(owner()).toBe(first);
    expect(epochs()).toBe(1);
  });

  it('is found to hang soon, though its page is hidden and its timers run once a minute', async () => {
    const [first, second] = await open(build, build);
    first!.show(false);
    first!.throttleTimers(60_000);
    await world.pass(60_000);
    first!.wedgeWorker();
    const at = world.clock.monotonicNow();
    await owns(second!);
    expect(world.clock.monotonicNow() - at).toBeLessThan(20_000);
  });

  it('is left alone by a tab that has been stopped itself', async () => {
    const [first, second] = await open(build, build);
    second!.freeze();
    await world.pass(60_000);
    second!.thaw();
    await world.pass(1_000);
    expect(owner()).toBe(first);
  });

  it('is robbed by the same page three times an hour at most, and not within half a minute', async () => {
    const [thief] = await open(build);
    for (let steal = 1; steal <= 4; steal++) {
      // Whoever has the hub next freezes.
      const [next] = await open(build);
      thief!.leave();
      await owns(next!);
      thief!.comeBack();
      await world.until(() => (thief!.view.role === 'waiting' ? true : undefined));
      next!.freeze();
      await world.pass(60_000);
      expect(owner()).toBe(steal <= 3 ? thief : next);
      next!.crash();
      await owns(thief!);
    }
  });
});

describe('the build that is loaded last', () => {
  it('runs the hub, and no tab that was loaded before asks for it back', async () => {
    const [, second, third] = await open(
      { ...build, name: 'older' },
      { ...build, name: 'older' },
      { ...build, name: 'newer' },
    );
    await owns(third!);
    await world.pass(60_000);
    expect(owner()).toBe(third);
    third!.close();
    await world.pass(10_000);
    expect(owner()?.build.name).toBe('older');
    second!.close();
  });

  it('is handed what the owner had not committed yet, and nothing is done twice', async () => {
    const [first] = await open({ ...build, name: 'older' });
    world.weather = { failing: 0, loss: 0, doubling: 0, delayMs: 1, diskMs: 50 };
    let newer: Tab | undefined;
    world.clock.setTimer(() => {
      newer = world.openTab({ ...build, name: 'newer' });
    }, 250);
    const ids = Array.from({ length: 30 }, (_, n) => `i${n}`);
    const started = Promise.all(
      ids.map(async (id, n) => {
        await new Promise<void>((resolve) => world.clock.setTimer(resolve, n * 20));
        return start(first!, 'works', id);
      }),
    );
    expect(await world.within(started)).toEqual(ids);
    await owns(newer!);
    for (const id of ids) expect(await world.within(end(first!, id))).toMatchObject({ output: 2 });
    expect(epochs()).toBe(2);
    checkRecords(world.records);
  });

  it('does not get it if it has a lower number', async () => {
    const [, second] = await open(build2, build1);
    await world.pass(10_000);
    expect(owner()?.build).toBe(build2);
    expect(second!.view.role).toBe('waiting');
  });

  it('takes the hub although it is told so before it stands in line', async () => {
    const [first] = await open({ ...build, name: 'older' }, { ...build, name: 'older' });
    const locksFor = world.locks.for.bind(world.locks);
    vi.spyOn(world.locks, 'for').mockImplementation((process) => {
      const { request, query } = locksFor(process);
      // It hears from the owner while it still looks whether the hub is free.
      const slowly = async (name: string, options: LockOptions, callback: LockGrantedCallback<unknown>) => {
        if (options.ifAvailable) await new Promise<void>((resolve) => world.clock.setTimer(resolve, 500));
        return callback ? request(name, options, callback) : request(name, options as never);
      };
      return { request: slowly as unknown as typeof request, query };
    });
    const newer = world.openTab({ ...build, name: 'newer' });
    await owns(newer);
    expect(first!.view.role).toBe('waiting');
  });

  it('goes on with nobody if the tab that asked is gone', async () => {
    const [first] = await open({ ...build, name: 'older' });
    const newer = world.openTab({ ...build, name: 'newer' });
    await world.until(() => (first!.view.role === 'waiting' ? true : undefined));
    newer.crash();
    await owns(first!);
  });
});

describe('tabs of two builds', () => {
  it('start each what the other does not know: it waits for its build, as long as a tab of it is open', async () => {
    const [one, two] = await open(build1, build2);
    await owns(two!);
    const started = start(one!, 'ofOne', 'one');
    await world.pass(60_000);
    two!.close();
    expect(await world.within(started)).toBe('one');
    expect(await world.within(end(one!, 'one'))).toMatchObject({ output: 2 });
  });

  it('are told when no tab of that build is left', async () => {
    const [one, two] = await open(build1, build2);
    const started = start(one!, 'ofOne', 'one');
    started.catch(() => {});
    await world.pass(1_000);
    one!.close();
    await world.until(() => (world.disk.database.inbox.size === 0 ? true : undefined));
    expect([...world.disk.database.outcomes.values()]).toMatchObject([{ failure: { code: 'UnknownOrchestration' } }]);
    expect(owner()).toBe(two);
  });
});
