/** What users do in the tabs, come what may: each job insists until its command is acknowledged, from whichever tab. */
import type { OrchestrationContext } from '../../../src';
import type { Orchestrator } from '../../../src/core';
import type { HubMethod, ReplyOf, RequestOf, StatusRecord } from '../../../src/protocol';
import type { Chance } from '../chance';
import { type activities, orchestrations, outcomeOf, type Program, type Step } from '../programs';
import type { Tab } from './tab';
import type { Build, World } from './world';

type Context = OrchestrationContext<typeof activities>;

const alone: Orchestrator = async (ctx: Context, n: number) => [await ctx.callActivity('work', n)];

/** Two builds of an app: what both have is the same, and each has something that the other does not know. */
export function twoBuilds(areNumbered: boolean): readonly [older: Build, newer: Build] {
  return [
    { name: areNumbered ? 1 : 'older', orchestrations: { ...orchestrations, ofOlder: alone } },
    { name: areNumbered ? 2 : 'newer', orchestrations: { ...orchestrations, ofNewer: alone } },
  ];
}

export interface Job {
  id: string;
  /** Only tabs of this build know what it starts. */
  build: Build | undefined;
  run(): Promise<void>;
  /** Whether the instance came to what it should. */
  isRight(status: StatusRecord): boolean;
}

export function programJob(world: World, id: string): Job {
  const { chance } = world;
  const steps = programOf(chance);
  const input: Program = { round: id, steps, results: [], events: 0 };
  const name = chance.one(['steps', 'async']);
  return {
    id,
    build: undefined,
    async run() {
      await start(world, id, name, input);
      for (let event = 0; event < steps.filter((step) => step.do === 'event').length; event++) {
        await insist(world, 'raiseEvent', { instanceId: id, name: 'go', data: event }, undefined, [
          'InstanceNotRunning',
        ]);
      }
      await insist(world, 'waitForEnd', { instanceId: id });
    },
    isRight: ({ runtimeStatus, output }) =>
      runtimeStatus === 'Completed' && JSON.stringify(output) === JSON.stringify(outcomeOf(steps)),
  };
}

/** Something that only tabs of one build know. */
export function strangeJob(world: World, id: string, build: Build, name: string): Job {
  return {
    id,
    build,
    async run() {
      await start(world, id, name, 4, build);
      await insist(world, 'waitForEnd', { instanceId: id });
    },
    isRight: ({ runtimeStatus, output }) => runtimeStatus === 'Completed' && JSON.stringify(output) === '[8]',
  };
}

/** One that waits for ever, and is terminated. */
export function terminatedJob(world: World, id: string): Job {
  const input: Program = { round: id, steps: [{ do: 'event' }], results: [], events: 0 };
  return {
    id,
    build: undefined,
    async run() {
      await start(world, id, 'steps', input);
      const request = { instanceId: id, reason: undefined, recursive: false };
      await insist(world, 'terminate', request, undefined, ['InstanceNotRunning']);
    },
    isRight: ({ runtimeStatus }) => runtimeStatus === 'Terminated',
  };
}

function programOf(chance: Chance): Step[] {
  return Array.from({ length: chance.upTo(5) }, (): Step => {
    const n = chance.upTo(30);
    return chance.one<Step>([
      { do: 'activity', n },
      { do: 'all', n: [n, n + 1, n + 2] },
      { do: 'race', n },
      { do: 'timer', ms: chance.upTo(20_000) },
      { do: 'event' },
      { do: 'blob', bytes: 1 + chance.upTo(8) },
      { do: 'child', steps: [{ do: 'activity', n }], explicit: chance.is(0.5) },
      { do: 'continue' },
    ]);
  });
}

async function start(world: World, instanceId: string, name: string, input: unknown, build?: Build): Promise<void> {
  // One whose tab crashed may be carried out long after it was repeated; it must not replace what has ended meanwhile.
  const onExisting = world.chance.one(['return', 'reject'] as const);
  const request = { name, instanceId, input, fresh: false, onExisting };
  await insist(world, 'startNew', request, build, ['InstanceExists']);
}

/** Whoever gets one of these may try again. */
const passing = new Set(['HubUnavailable', 'OutcomeUnknown', 'Storage']);

/**
 * Calls until it was carried out.
 * @param done codes that say so, if it has been tried before
 */
async function insist<K extends HubMethod>(
  world: World,
  method: K,
  request: RequestOf<K>,
  build?: Build,
  done: readonly string[] = [],
): Promise<ReplyOf<K> | undefined> {
  for (let tries = 0; ; tries++) {
    const tab = await someTab(world, build);
    try {
      return await Promise.race([tab.call(method, request), gone(tab)]);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (tries > 0 && done.includes(code)) return undefined;
      // No tab of the build was left, or the command came to one too late.
      const isPassing = passing.has(code) || (build && code === 'UnknownOrchestration');
      if (!isPassing) throw error;
      await pause(world, 300);
    }
  }
}

async function someTab(world: World, build: Build | undefined): Promise<Tab> {
  for (;;) {
    const tabs = world.openTabs.filter((tab) => !tab.lost && (!build || tab.build === build));
    if (tabs.length > 0) return world.chance.one(tabs);
    await pause(world, 300);
  }
}

/** What was asked of a tab that is gone will never be answered. */
function gone(tab: Tab): Promise<never> {
  return new Promise((_, reject) => {
    tab.page.onDeath(() => reject(Object.assign(new Error('the tab is gone'), { code: 'OutcomeUnknown' })));
  });
}

function pause(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => world.clock.setTimer(resolve, ms));
}
