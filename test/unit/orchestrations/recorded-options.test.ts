/** What the options of calls come to in the history, which is all that the hub sees of them. */
import { describe, expect, it } from 'vitest';
import type { ContinueOptions, Orchestrator, SubOrchestratorOptions } from '../../../src/core';
import { Play } from '../../support/core-turns';
import { type Context, styles } from '../../support/styles';

const child = () => {};
const children: Record<string, Orchestrator> = { child };

describe.each(styles)('a sub-orchestration that %s calls', (_, write) => {
  const calling = (options?: SubOrchestratorOptions) =>
    write(function* (ctx) {
      const task = ctx.callSubOrchestrator(child, undefined, options);
      return [task.isCompleted, yield* task];
    });
  const created = { type: 'SubOrchestrationInstanceCreated', taskId: 0, name: 'child', instanceId: 'i:7-0' };

  it("is of its caller's version where it is registered in several, and says so", async () => {
    const asked: unknown[] = [];
    const play = await Play.start(calling(), {
      started: { version: '2' },
      surroundings: {
        identify: (orchestrator, version) => {
          asked.push(orchestrator === child, version);
          return { name: 'child', version: '1' };
        },
      },
    });
    expect(play.decisions).toEqual([{ ...created, version: '1' }]);
    expect(asked).toEqual([true, '2']);
  });

  it('may be of another version when it is replayed: it stays with the one that is recorded', async () => {
    let version: string | undefined;
    const identify = () => (version === undefined ? { name: 'child' } : { name: 'child', version });
    const play = await Play.start(calling(), { surroundings: { identify } });
    expect(play.decisions).toEqual([created]);
    version = '2';
    await play.reload();
    await play.apply({ type: 'SubOrchestrationInstanceCompleted', taskId: 0, result: 1 });
    expect(play.end).toMatchObject({ status: 'Completed', result: [false, 1] });
  });

  it('has the tags that it is given, as they are at the call', async () => {
    const tags: Record<string, string> = { team: 'red' };
    const play = await Play.start(calling({ tags }), { children });
    tags.team = 'blue';
    expect(play.decisions).toEqual([{ ...created, tags: { team: 'red' } }]);
    tags.team = 'red';
    await play.reload();
  });

  it.each([
    [{ team: 7 }, "TypeError: tag 'team' must be a string, not number"],
    [['red'], 'TypeError: tags must be an object'],
    [null, 'TypeError: tags must be an object'],
  ])('is refused the tags %j', async (tags, message) => {
    const play = await Play.start(calling({ tags } as never), { children });
    const { name, message: text } = (play.end as { failure: Error }).failure;
    expect(`${name}: ${text}`).toBe(message);
  });

  it('gives its id at once if it is detached, and nobody waits for it', async () => {
    const play = await Play.start(calling({ detached: true }), { children });
    expect(play.decisions[0]).toEqual({ ...created, detached: true });
    expect(play.end).toMatchObject({ result: [true, 'i:7-0'] });
    await play.reload();
    const named = await Play.start(calling({ detached: true, instanceId: 'mine' }), { children });
    expect(named.end).toMatchObject({ result: [true, 'mine'] });
  });

  it('cannot be detached and tried again', async () => {
    const retry = { maxAttempts: 2, firstRetryInterval: 1 };
    const play = await Play.start(calling({ detached: true, retry }), { children });
    expect(play.end).toMatchObject({
      failure: {
        name: 'TypeError',
        message: expect.stringContaining('a detached sub-orchestration is not waited for'),
      },
    });
  });
});

describe.each(styles)('an event that %s sends', (_, write) => {
  it('is recorded as it is at the call, and nobody waits for it', async () => {
    const play = await Play.start(
      write(function* (ctx) {
        const data = { to: ['Ada'] };
        ctx.sendEvent('other', 'greet', data);
        data.to.push('Grace');
        ctx.sendEvent('other', 'bare');
        yield* ctx.createTimer('1s');
        return 'sent';
      }),
    );
    expect(play.decisions.slice(0, 2)).toEqual([
      { type: 'EventSent', instanceId: 'other', name: 'greet', input: { to: ['Ada'] } },
      { type: 'EventSent', instanceId: 'other', name: 'bare' },
    ]);
    expect(await play.finish()).toMatchObject({ result: 'sent' });
    await play.reload();
  });

  it.each<[string, [string, string, unknown?], string]>([
    ['to nobody', ['', 'greet'], 'an instance id must not be empty'],
    ['without a name', ['other', ''], 'an event name must not be empty'],
    ['with a function', ['other', 'greet', { f: () => {} }], "the data of event 'greet', at f, is a function"],
  ])('is refused %s', async (__, args, message) => {
    const play = await Play.start(
      write(function* (ctx) {
        ctx.sendEvent(...args);
        yield* ctx.createTimer(1);
      }),
    );
    expect(play.end).toMatchObject({ failure: { message: expect.stringContaining(message) } });
  });
});

describe.each(styles)('continueAsNew in %s', (_, write) => {
  const continuing = (options?: ContinueOptions) =>
    write(function* (ctx) {
      yield* ctx.waitForExternalEvent('go');
      ctx.continueAsNew('next', options);
    });
  const extra = { type: 'EventRaised', name: 'extra' } as const;
  const late = { type: 'EventRaised', name: 'late' } as const;

  it.each<[string, ContinueOptions | undefined, object, unknown[]]>([
    ['keeps events', undefined, {}, [extra, late]],
    ['keeps events when told so', { keepEvents: true }, {}, [extra, late]],
    ['drops events when told so, but for those that came later', { keepEvents: false }, { dropEvents: true }, [late]],
    ['goes on in another version', { version: '3' }, { version: '3' }, [extra, late]],
  ])('%s', async (__, options, recorded, kept) => {
    const play = await Play.start(continuing(options));
    await play.apply(extra);
    const turn = await play.apply({ type: 'EventRaised', name: 'go' }, late);
    expect(turn.decisions).toEqual([{ type: 'ContinueAsNew', input: 'next', ...recorded }]);
    expect(turn.kept).toEqual(kept);
    await play.reload();
  });

  it('is refused an empty version', async () => {
    const play = await Play.start(continuing({ version: '' }));
    await play.raise('go');
    expect(play.end).toMatchObject({ failure: { code: 'InvalidName', message: 'a version must not be empty' } });
  });
});

describe.each(styles)('what %s knows of itself', (_, write) => {
  it('is its version and its tags', async () => {
    const about = write(function* (ctx) {
      if (ctx.instanceId === '') yield* ctx.createTimer(1);
      return [ctx.version, ctx.tags];
    });
    const play = await Play.start(about, { started: { version: '2', tags: { team: 'red' } } });
    expect(play.end).toMatchObject({ result: ['2', { team: 'red' }] });
    expect((await Play.start(about)).end).toMatchObject({ result: [undefined, {}] });
  });

  it('is the custom status that it last gave, and a copy of it', async () => {
    const play = await Play.start(
      write(function* (ctx: Context) {
        const seen = [ctx.customStatus];
        ctx.setCustomStatus({ step: 1 });
        yield* ctx.createTimer('1s');
        const status = ctx.customStatus as { step: number };
        seen.push(status.step);
        status.step = 9;
        return [...seen, ctx.customStatus];
      }),
    );
    expect(play.turns[0]?.customStatus).toEqual({ value: { step: 1 } });
    await play.reload();
    expect(await play.finish()).toMatchObject({ result: [undefined, 1, { step: 1 }] });
    expect(play.turns[1]).not.toHaveProperty('customStatus');
  });

  it('does not let a timer be due when no date can tell it', async () => {
    const play = await Play.start(
      write(function* (ctx) {
        yield* ctx.createTimer('9999999999999d');
      }),
    );
    expect(play.end).toMatchObject({
      failure: { name: 'TypeError', message: expect.stringContaining('no date can tell') },
    });
  });
});

describe.each(styles)('the events that %s waits for', (_, write) => {
  const waiting = (count: number) =>
    write(function* (ctx) {
      yield* ctx.all(Array.from({ length: count }, (__, i) => ctx.waitForExternalEvent(`Event${i}`)));
    });

  it('are told by name, when they change', async () => {
    const play = await Play.start(waiting(2));
    expect(play.turns[0]?.waits).toEqual(['Event0', 'Event1']);
    expect(await play.raise('other')).not.toHaveProperty('waits');
    expect((await play.raise('event0')).waits).toEqual(['Event1']);
    expect((await play.raise('event1')).waits).toEqual([]);
  });

  it('are told up to a hundred, which is more than anybody reads', async () => {
    const play = await Play.start(waiting(150));
    expect(play.turns[0]?.waits).toHaveLength(100);
    expect((await play.raise('Event3')).waits?.at(-1)).toBe('Event100');
    expect(await play.raise('Event140')).not.toHaveProperty('waits');
  });
});
