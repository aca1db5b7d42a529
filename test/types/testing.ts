/*
 * The testing kit infers what `connect` infers, from the values that it is given.
 */
import {
  checkDeterminism,
  createTestHub,
  never,
  type Recorded,
  replay,
  replayAll,
  type TestHub,
} from '../../src/testing';
import * as activities from './activities';
import { holds, type Same } from './assert';
import * as orchestrations from './orchestrations';

export async function hubs() {
  const hub = await createTestHub({ orchestrations, activities, startTime: new Date() });
  const id = await hub.client.startNew('chain', { input: ['Ada'] });
  const { output } = await hub.client.waitForCompletion(id);
  holds<Same<typeof output, string[]>>();
  // @ts-expect-error a name with a typing error
  await hub.client.startNew('chian', { input: ['Ada'] });

  hub.failNext('greet');
  hub.failNext('greet', { times: 2, error: 'anything can be thrown' });
  // @ts-expect-error no activity
  hub.failNext('greeet');
  // @ts-expect-error no activity, but a constant beside them
  hub.failNext('limit');

  hub.replaceActivity('double', (n) => n * 3);
  hub.replaceActivity('greet', async (name, ctx) => `${name} ${ctx.attempt}`);
  hub.replaceActivity('greet', never);
  // @ts-expect-error another output
  hub.replaceActivity('double', () => 'six');
  // @ts-expect-error another input
  hub.replaceActivity('double', (text: string) => text.length);

  const [call] = hub.calls('double');
  holds<Same<typeof call extends { readonly input: infer I } | undefined ? I : never, number>>();

  await hub.advance('3d');
  await hub.advance(500);
  // @ts-expect-error no duration
  await hub.advance('3 days');
  await hub.reload();
  await hub.reload({ orchestrations: { other: async () => {} }, version: '2', versions: { '1': orchestrations } });
  // @ts-expect-error when time begins is settled
  await hub.reload({ startTime: new Date() });
  await hub.close();

  // A fake may take less than what it stands for.
  const faked: TestHub<typeof orchestrations, typeof activities> = await createTestHub({
    orchestrations,
    activities: { ...activities, greet: async () => 'hi' },
  });
  await faked.close();
  await createTestHub({ orchestrations });
  // @ts-expect-error output.run is a function, as at serve
  await createTestHub({ orchestrations, activities: { load: async () => ({ run: () => {} }) } });
  // @ts-expect-error an option that does not exist
  await createTestHub({ orchestrations, speed: 2 });
}

export async function replays(recorded: Recorded) {
  await replay(orchestrations, recorded, { version: '2', versions: { '1': orchestrations } });
  await replay(orchestrations, '{}');
  const [first] = await replayAll(orchestrations, ['{}', [], { instanceId: 'x', history: [] }]);
  holds<Same<NonNullable<typeof first>['error'], Error | undefined>>();
  // @ts-expect-error nothing that was recorded
  await replay(orchestrations, 4711);
}

export async function checks() {
  const [run] = await checkDeterminism(orchestrations.chain, { input: ['Ada'], activities, events: [{ name: 'go' }] });
  holds<Same<NonNullable<typeof run>['output'], unknown>>();
  await checkDeterminism(orchestrations.noInput);
  await checkDeterminism(orchestrations.generatorChain, { input: 3, runs: 5, seed: 1 });
  // @ts-expect-error no input
  await checkDeterminism(orchestrations.chain, { activities });
  // @ts-expect-error another input
  await checkDeterminism(orchestrations.chain, { input: 'Ada' });
  // @ts-expect-error no orchestrator
  await checkDeterminism('chain');
}
