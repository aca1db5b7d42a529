/**
 * Golden histories: recorded once, with the code of their time, and kept. Whatever changes in the engine, they must
 * replay, come into a hub, and go on to the end that they came to then, or what users have stored breaks.
 *
 * `PERDURE_RECORD=1 npm run test:unit -- golden` records what has no file yet: after a new feature, or once more under
 * another name after a change in what is recorded. A file that is there is never written again.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createTestHub, replay } from 'perdure/testing';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../src/client/portable';
import { activities, type Feature, orchestrations, secondVersion } from '../golden/orchestrations';
import { type GoldenHub, recordings } from '../golden/recordings';

const folder = new URL('../golden/', import.meta.url);
const versions = { '1': orchestrations };
const cases = (Object.keys(recordings) as Feature[]).flatMap((feature) =>
  ['', 'Async'].map((style) => ({ feature, name: `${feature}${style}` })),
);
const fileOf = (name: string, stage: 'under-way' | 'ended') => new URL(`${name}.${stage}.json`, folder);
const read = (name: string, stage: 'under-way' | 'ended') => readFileSync(fileOf(name, stage), 'utf8');

function open(startTime?: Date): Promise<GoldenHub> {
  return createTestHub({
    orchestrations: secondVersion as typeof orchestrations,
    versions,
    activities,
    ...(startTime && { startTime }),
  });
}

async function finish(hub: GoldenHub, feature: Feature, id: string): Promise<void> {
  const { finish = () => hub.client.raiseEvent(id, 'go', 'gone') } = recordings[feature];
  await finish(hub, id);
  await hub.client.waitForCompletion(id).catch(() => {});
}

async function record(feature: Feature, name: string): Promise<void> {
  const hub = await open();
  const { start = {}, begin } = recordings[feature];
  if (feature === 'rewinds') hub.failNext('undo');
  const started = await hub.client.startNew(name, { ...start, instanceId: `golden ${name}` });
  await hub.settle();
  const renamed = await begin?.(hub, started);
  const id = typeof renamed === 'string' ? renamed : started;
  await hub.settle();
  writeFileSync(fileOf(name, 'under-way'), withoutStacks(await hub.client.exportInstance(id)));
  await finish(hub, feature, id);
  writeFileSync(fileOf(name, 'ended'), withoutStacks(await hub.client.exportInstance(id)));
  await hub.close();
}

/** Stacks tell of the machine that they were recorded on. */
function withoutStacks(json: string): string {
  return `${json.replace(/\\n {4}at (?:[^"\\]|\\.)*/g, '')}\n`;
}

/** How the instance of an export stands once it is in a hub, and what it has come to after `drive`. */
async function outcomeOf(json: string, drive: (hub: GoldenHub, id: string) => Promise<void>) {
  const hub = await open(readInstance(json)[0]?.lastUpdatedTime);
  const id = await hub.client.importInstance(json);
  await hub.settle();
  await drive(hub, id);
  const { runtimeStatus, parked, output, failure } = await hub.client.getStatus(id);
  const history = await hub.client.getHistory(id);
  await hub.close();
  expect(parked).toBeUndefined();
  return { outcome: { runtimeStatus, output, failure: failure?.message }, history };
}

if (process.env.PERDURE_RECORD) {
  for (const { feature, name } of cases) if (!existsSync(fileOf(name, 'under-way'))) await record(feature, name);
}

describe.each(cases)('the golden history of $name', ({ feature, name }) => {
  it('replays, under way and ended', async () => {
    for (const stage of ['under-way', 'ended'] as const) await replay(secondVersion, read(name, stage), { versions });
  });

  it('goes on to the end that it came to then', async () => {
    const then = await outcomeOf(read(name, 'ended'), async () => {});
    const now = await outcomeOf(read(name, 'under-way'), (hub, id) => finish(hub, feature, id));
    expect(then.outcome.runtimeStatus).toMatch(/Completed|Failed|Terminated/);
    expect(now.outcome).toEqual(then.outcome);
    expect(now.history.map(({ type }) => type)).toEqual(then.history.map(({ type }) => type));
  });
});

it('there is a recording for each golden history', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  expect(files.sort()).toEqual(cases.flatMap(({ name }) => [`${name}.ended.json`, `${name}.under-way.json`]).sort());
});
