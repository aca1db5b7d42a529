/**
 * What kills its hub again and again is found, and stopped: an orchestrator that never comes back, an activity that takes
 * the tab with it. A user who reloads the page condemns nobody.
 */
import { describe, expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

const never = () => new Promise<never>(() => {});

/** A hub with something in it that kills it whenever it runs, as long as it is armed, and with something harmless. */
class Tab {
  client!: SimulatedClient;
  isArmed = true;
  crashes = 0;
  readonly ran: string[] = [];
  #onCrash = () => {};

  static async open(): Promise<Tab> {
    const tab = new Tab();
    tab.client = await SimulatedClient.open({
      build: 'the same all the time',
      orchestrations: {
        loops: async (ctx: Context) => {
          await ctx.createTimer('1h');
          return tab.kill('turn');
        },
        crunches: async (ctx: Context) => {
          try {
            return await ctx.callActivity('decode');
          } catch (error) {
            return (error as Error).message;
          }
        },
        startsDeadly: async () => tab.kill('start'),
        harmless: async (ctx: Context) => [await ctx.callActivity('greet'), await ctx.waitForExternalEvent('go')],
      },
      activities: {
        decode: () => tab.kill('activity'),
        greet: () => {
          tab.ran.push('greet');
          return 'hello';
        },
      },
    });
    return tab;
  }

  async kill(what: string): Promise<unknown> {
    this.ran.push(what);
    if (!this.isArmed) return what;
    this.client.sim.crash();
    this.crashes++;
    this.#onCrash();
    return never();
  }

  /** Reloads the page after each crash, until there is none any more. */
  async survive(how: 'crashed' | 'wedged' = 'crashed'): Promise<void> {
    for (let quiet = false; !quiet; ) {
      if (this.crashes > 20) throw new Error('it crashes again and again');
      if (!this.client.sim.hub) await this.reload(how);
      const crashed = new Promise<boolean>((resolve) => {
        this.#onCrash = () => resolve(true);
      });
      // A timer that was due meanwhile fires with the next tick.
      this.client.sim.clock.pass(1);
      const calm = this.client.sim.quiet(300).then(() => false);
      quiet = !(await Promise.race([crashed, calm]));
    }
  }

  async reload(how: 'crashed' | 'wedged' | 'left' = 'crashed'): Promise<void> {
    if (this.client.sim.hub) this.client.sim.crash();
    Object.assign(this.client.sim.options, { wasWedged: how === 'wedged', hasLeft: how === 'left' });
    await this.client.sim.open();
  }
}

describe('what kills its hub each time that it runs', () => {
  it('is parked if it is an instance, once it has killed the hub often enough, and the others go on', async () => {
    const tab = await Tab.open();
    await tab.client.startNew('harmless', { instanceId: 'harmless' });
    await tab.client.startNew('loops', { instanceId: 'loops' });
    tab.client.sim.clock.pass(3_600_000);
    await tab.survive();
    // The first owner had been well for an hour.
    expect(tab.crashes).toBe(5);
    const { parked, runtimeStatus } = await tab.client.getStatus('loops');
    expect(runtimeStatus).toBe('Suspended');
    expect(parked?.reason).toContain('the page or its worker crashed or hung');
    await tab.client.raiseEvent('harmless', 'go', 1);
    expect((await tab.client.end('harmless')).output).toEqual(['hello', 1]);
  });

  it('is parked sooner if the page had to end the host that hung', async () => {
    const tab = await Tab.open();
    await tab.client.startNew('loops', { instanceId: 'loops' });
    tab.client.sim.clock.pass(3_600_000);
    await tab.survive('wedged');
    expect(tab.crashes).toBe(2);
    expect((await tab.client.getStatus('loops')).parked).toBeDefined();
  });

  it('stays parked over reloads, and runs again when somebody resumes it', async () => {
    const tab = await Tab.open();
    await tab.client.startNew('loops', { instanceId: 'loops' });
    tab.client.sim.clock.pass(3_600_000);
    await tab.survive();
    await tab.reload();
    await tab.client.sim.quiet(100);
    expect((await tab.client.getStatus('loops')).parked).toBeDefined();
    tab.isArmed = false;
    await tab.client.resume('loops');
    expect((await tab.client.end('loops')).output).toBe('turn');
  });

  it('is an attempt that fails if it is an activity, and its orchestrator decides', async () => {
    const tab = await Tab.open();
    await tab.client.startNew('crunches', { instanceId: 'i' });
    await tab.survive();
    expect(tab.crashes).toBe(4);
    expect((await tab.client.end('i')).output).toContain('each time that this activity ran');
  });

  it('is an attempt that fails also if the activity takes so long that the hub seems healthy before', async () => {
    const tab = await Tab.open();
    const { sim } = tab.client;
    let reached = () => {};
    sim.options.activities = {
      decode: async () => {
        await new Promise<void>((resolve) => {
          reached = resolve;
        });
        return tab.kill('activity');
      },
    };
    await tab.reload();
    await tab.client.startNew('crunches', { instanceId: 'i' });
    for (let tries = 0; tries < 10; tries++) {
      if (!sim.hub) await tab.reload();
      await sim.quiet(100);
      sim.clock.pass(12_000);
      await sim.quiet(10);
      reached();
      await sim.quiet(100);
    }
    expect(tab.crashes).toBe(5);
    expect((await tab.client.end('i')).output).toContain('each time that this activity ran');
  });

  it('is parked unborn if it is a start that another tab sent', async () => {
    const tab = await Tab.open();
    const { sim } = tab.client;
    await sim.store?.post({
      build: '',
      method: 'startNew',
      args: [{ name: 'startsDeadly', instanceId: 'i', input: 0, fresh: false }],
    });
    for (let reloads = 0; reloads < 8; reloads++) {
      if (!sim.hub) await tab.reload();
      await sim.takeInbox();
      await sim.quiet(300);
    }
    expect(tab.crashes).toBe(4);
    expect((await tab.client.getStatus('i')).parked?.reason).toContain('crashed or hung');
  });
});

describe('a hub that is opened again and again, but not killed by anything in it,', () => {
  it('condemns nobody, whatever was running when its page was reloaded', async () => {
    const tab = await Tab.open();
    tab.isArmed = false;
    await tab.client.startNew('harmless', { instanceId: 'i' });
    for (let reloads = 0; reloads < 10; reloads++) {
      await tab.client.sim.quiet(reloads);
      await tab.reload('left');
    }
    await tab.client.raiseEvent('i', 'go', 1);
    const { output, runtimeStatus } = await tab.client.end('i');
    expect([runtimeStatus, output]).toEqual(['Completed', ['hello', 1]]);
  });

  it('forgets its suspicion after ten healthy seconds', async () => {
    const tab = await Tab.open();
    for (let reloads = 0; reloads < 5; reloads++) await tab.reload();
    expect(tab.client.sim.database.meta.vitals?.restarts).toBe(6);
    tab.client.sim.clock.pass(10_000);
    await tab.client.sim.quiet();
    expect(tab.client.sim.database.meta.vitals).toEqual({ restarts: 0 });
  });

  it('runs one thing at a time meanwhile, and says what', async () => {
    const tab = await Tab.open();
    for (let reloads = 0; reloads < 3; reloads++) await tab.reload();
    const { sim } = tab.client;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    sim.options.activities = { ...sim.options.activities, greet: () => held };
    await tab.reload();
    await tab.client.startNew('harmless', { instanceId: 'a' });
    const second = tab.client.startNew('harmless', { instanceId: 'b' });
    await sim.quiet(100);
    expect(sim.database.meta.vitals?.running).toMatchObject({ instanceId: 'a', taskId: 0 });
    expect(await sim.status('b')).toBeUndefined();
    sim.clock.pass(10_000);
    await second;
    expect(await tab.client.waiting('b')).toMatchObject({ waitsFor: [{ kind: 'activity' }] });
    release();
  });
});

it('another instance under the id of one that was condemned runs', async () => {
  const tab = await Tab.open();
  await tab.client.startNew('loops', { instanceId: 'i' });
  tab.client.sim.clock.pass(3_600_000);
  await tab.survive();
  await tab.client.terminate('i');
  await tab.client.startNew('harmless', { instanceId: 'i' });
  await tab.client.raiseEvent('i', 'go', 1);
  expect((await tab.client.end('i')).output).toEqual(['hello', 1]);
});

it('a page whose host hung once blames nobody later', async () => {
  const tab = await Tab.open();
  const { sim } = tab.client;
  let finish = () => {};
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  sim.options.activities = { ...sim.options.activities, greet: () => held };
  await tab.reload();
  await tab.client.startNew('harmless', { instanceId: 'i' });
  // Three owners go while the task runs: from now on it runs alone, and is named.
  for (let reloads = 0; reloads < 3; reloads++) {
    sim.clock.pass(11_000);
    await sim.quiet();
    await tab.reload();
  }
  await sim.quiet();
  expect(sim.database.meta.vitals?.running).toMatchObject({ instanceId: 'i' });
  sim.options.wedgedEpoch = 1;
  await tab.reload('left');
  await sim.quiet();
  finish();
  await tab.client.raiseEvent('i', 'go', 1);
  expect((await tab.client.end('i')).runtimeStatus).toBe('Completed');
});
