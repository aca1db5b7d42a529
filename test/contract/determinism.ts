/**
 * What an orchestrator must not do, since a replay would not do the same, is refused with what to do instead. Its
 * instance is parked, not failed: nothing is lost, and it goes on once the code is mended.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { forbiddenCalls } from './functions/forbidden';
import { given, type OpenHub, type Style } from './hub';

export interface Surroundings {
  /** Those of the forbidden calls that the hub's worker does not have at all. */
  absent: readonly string[];
  /** Orchestrators do not stay in memory between their turns. */
  isForgetful?: boolean;
}

export function determinismContract(open: OpenHub, style: Style, { absent, isForgetful = false }: Surroundings): void {
  describe('what depends on the moment', () => {
    const hub = given(open, style);

    it('is the same again on replay: time, chance and all that is made of them', async () => {
      const id = await hub.start('usesGlobals');
      await hub.waitingFor(id, 'go');
      await hub.reload();
      await hub.client.raiseEvent(id, 'go');
      const { drawn, recorded, turn, after } = (await hub.output(id)) as Record<string, unknown> & {
        drawn: Record<string, unknown>[];
        turn: Date;
        after: Record<string, unknown>;
      };
      expect(drawn).toEqual(recorded);
      const [first, last] = await hub
        .events(id, 'OrchestratorStarted')
        .then((turns) => [turns[0]!.at, turns.at(-1)!.at]);
      for (const each of drawn) expect(each).toMatchObject({ now: first, date: new Date(first!), since: 0 });
      expect(after).toMatchObject({ now: last, date: turn, since: last! - first! });
      const differing = [...drawn, after].flatMap(({ random, uuid, bytes }) => [random, uuid, String(bytes)]);
      expect(new Set(differing).size).toBe(9);
    });
  });

  describe('an instance that calls', () => {
    const hub = given(open, style);
    const names = Object.keys(forbiddenCalls).filter((name) => !absent.includes(name));
    const idOf = (name: string) => `calls ${name}`;

    beforeAll(async () => {
      for (const name of Object.keys(forbiddenCalls))
        await hub.start('reaches', { call: name }, { instanceId: idOf(name) });
      await hub.start('reaches', { call: 'fetch', isCaught: true }, { instanceId: 'swallows' });
    });

    it.each(names)('%s is parked, and told what to do instead', async (name) => {
      const { runtimeStatus, parked } = await hub.parked(idOf(name));
      expect(runtimeStatus).toBe('Suspended');
      expect(parked?.reason).toMatch(`${name} was called by the orchestrator of '${idOf(name)}'`);
      expect(parked?.reason).toMatch(/; [a-z]\w+ .{10,}$/);
    });

    it.each(absent)('%s finds that there is no such thing', async (name) => {
      expect(await hub.output(idOf(name))).toBe('absent');
    });

    it('what it must not is parked also if it swallows the error', async () => {
      expect((await hub.parked('swallows')).parked?.reason).toContain('fetch was called');
    });

    it('what it must not stays parked when it is resumed with the same code, and holds up nobody', async () => {
      await hub.parked('swallows');
      await hub.client.resume('swallows');
      await hub.parked('swallows');
      expect((await hub.run('chain', 3)).output).toBe(3);
    });

    describe('goes on once the code is mended:', () => {
      beforeAll(() => hub.reload('mended'));

      it.each([...names.map(idOf), 'swallows'])('%s', async (id) => {
        expect(await hub.output(id)).toEqual(['before', 'mended']);
        expect(await hub.client.getStatus(id)).not.toHaveProperty('parked');
      });
    });
  });

  // One that has gone from memory meanwhile is not found out before it comes back.
  describe.skipIf(isForgetful)('an instance whose orchestrator leaves its turns', () => {
    const hub = given(open, style);
    const awaited = /awaited something that is no task of its context.*do such work in an activity/;
    const cases = [
      ['awaitsForeign', 'awaits a promise that is no task', awaited],
      ['racesForeign', 'races a task against such a promise, and goes on', awaited],
      ['endsOutside', 'races a task against such a promise, and ends', /the orchestrator ended outside a turn/],
      ['callsOutside', 'calls the context outside a turn', /callActivity\('echo'\) was called outside a turn/],
    ] as const;

    beforeAll(async () => {
      for (const [name] of cases) await hub.start(name, undefined, { instanceId: name });
    });

    it.each(cases)('since it (%s) %s, is parked, and told what to do instead', async (id, _, reason) => {
      const { runtimeStatus, parked } = await hub.parked(id);
      expect(runtimeStatus).toBe('Suspended');
      expect(parked?.reason).toMatch(reason);
      expect(parked?.reason).toContain(`of '${id}'`);
    });

    it('keeps what comes meanwhile, and goes on once the code is mended', async () => {
      for (const [id] of cases) {
        await hub.parked(id);
        await hub.client.raiseEvent(id, 'go', `for ${id}`);
      }
      await hub.reload('mended');
      for (const [id] of cases) expect(await hub.output(id)).toBe(`for ${id}`);
    });
  });
}
