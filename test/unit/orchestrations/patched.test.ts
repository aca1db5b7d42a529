/** `ctx.patched`: an orchestrator changes while instances of it are under way. */
import { describe, expect, it } from 'vitest';
import { Play } from '../../support/core-turns';
import { type StepsOf, styles } from '../../support/styles';

describe.each(styles)('an orchestrator with a patch, in %s', (_, write) => {
  const original: StepsOf = function* (ctx) {
    const first = yield* ctx.waitForExternalEvent<string>('first');
    const paid = yield* ctx.callActivity('pay');
    const second = yield* ctx.waitForExternalEvent<string>('second');
    return [first, paid, second];
  };
  const patched: StepsOf = function* (ctx) {
    const first = yield* ctx.waitForExternalEvent<string>('first');
    const checked = ctx.patched('check') ? yield* ctx.callActivity('check') : 'unchecked';
    const paid = yield* ctx.callActivity('pay');
    const second = yield* ctx.waitForExternalEvent<string>('second');
    return [first, checked, paid, second, ctx.patched('check')];
  };
  const unconditional: StepsOf = function* (ctx) {
    const first = yield* ctx.waitForExternalEvent<string>('first');
    const checked = yield* ctx.callActivity('check');
    const paid = yield* ctx.callActivity('pay');
    const second = yield* ctx.waitForExternalEvent<string>('second');
    return [first, checked, paid, second];
  };
  const does = { check: () => 'checked', pay: () => 'paid' };

  async function through(play: Play): Promise<unknown> {
    while (play.open.size > 0) await play.step();
    await play.raise('second', 'b');
    return (play.end as { result?: unknown }).result;
  }

  it('goes the new way if it starts with it, and records that', async () => {
    const play = await Play.start(write(patched), { does });
    await play.raise('first', 'a');
    expect(play.turns.at(-1)?.decisions.map(({ type }) => type)).toEqual(['PatchMarked', 'TaskScheduled']);
    expect(await through(play)).toEqual(['a', 'checked', 'paid', 'b', true]);
    await play.reload();
  });

  it('goes the new way if it had not come there when the code changed', async () => {
    const play = await Play.start(write(original), { does });
    await play.reload(write(patched));
    await play.raise('first', 'a');
    expect(await through(play)).toEqual(['a', 'checked', 'paid', 'b', true]);
    await play.reload();
  });

  it('goes the old way to its end if it had passed there, and records nothing', async () => {
    const play = await Play.start(write(original), { does });
    await play.raise('first', 'a');
    await play.reload(write(patched));
    expect(await through(play)).toEqual(['a', 'unchecked', 'paid', 'b', false]);
    expect(play.types).not.toContain('PatchMarked');
    await play.reload();
  });

  it('goes on without the question once it went the new way', async () => {
    const play = await Play.start(write(patched), { does });
    await play.raise('first', 'a');
    await play.reload(write(unconditional));
    expect(await through(play)).toEqual(['a', 'checked', 'paid', 'b']);
    await play.reload();
  });

  it('goes on with a question that its history does not know', async () => {
    const play = await Play.start(write(original), { does });
    await play.raise('first', 'a');
    await play.reload(
      write(function* (ctx, input) {
        const asked = ctx.patched('another');
        return [asked, yield* original(ctx, input)];
      }),
    );
    expect(await through(play)).toEqual([false, ['a', 'paid', 'b']]);
  });

  it('answers the same throughout an execution, and anew in the next', async () => {
    const play = await Play.start(
      write(function* (ctx) {
        const answers = [ctx.patched('a')];
        yield* ctx.waitForExternalEvent('go');
        answers.push(ctx.patched('a'), ctx.patched('b'));
        yield* ctx.waitForExternalEvent('go');
        return [...answers, ctx.patched('a'), ctx.patched('b')];
      }),
    );
    await play.raise('go');
    await play.raise('go');
    expect(play.end).toMatchObject({ result: [true, true, true, true, true] });
    expect(play.types.filter((type) => type === 'PatchMarked')).toHaveLength(2);
    await play.reload();
  });

  it('counts what was kept unplayed as not passed yet', async () => {
    const play = await Play.start(write(original), { does });
    play.keep({ type: 'EventRaised', name: 'first', input: 'a' });
    await play.reload(write(patched));
    await play.apply();
    expect(await through(play)).toEqual(['a', 'checked', 'paid', 'b', true]);
    await play.reload();
  });

  it('asks by a name', async () => {
    const play = await Play.start(
      write(function* (ctx) {
        if (ctx.patched('')) yield* ctx.createTimer(1);
      }),
    );
    expect(play.end).toMatchObject({ failure: { code: 'InvalidName', message: 'a patch id must not be empty' } });
  });
});
