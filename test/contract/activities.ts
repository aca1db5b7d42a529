/** How activities are run: in what time, with which signs of life, and in which order. */
import { describe, expect, it } from 'vitest';
import type { Wait } from '../../src';
import type { Run } from './functions/running';
import { given, listener, type OpenHub, type Status, type Style } from './hub';

export function activitiesContract(open: OpenHub, style: Style): void {
  const hub = given(open, style);
  const run = (call: Run) => hub.run('runs', call);
  const retry = { maxAttempts: 3, firstRetryInterval: 1 };

  describe('the options of a call', () => {
    it('are recorded with each attempt, in milliseconds', async () => {
      const options = {
        timeout: '1m',
        heartbeatTimeout: '1.5s',
        priority: 3,
        runWhen: 'online',
        transfer: true,
      } as const;
      const { output, instanceId } = await run({ name: 'failBefore', input: 2, options: { ...options, retry } });
      expect(output).toBe(2);
      const recorded = { timeout: 60_000, heartbeatTimeout: 1_500, priority: 3, runWhen: 'online', transfer: true };
      expect(await hub.events(instanceId, 'TaskScheduled')).toEqual([
        { type: 'TaskScheduled', taskId: 0, name: 'failBefore', input: 2, run: recorded },
        { type: 'TaskScheduled', taskId: 2, name: 'failBefore', input: 2, attempt: 2, retryOf: 0, run: recorded },
      ]);
    });

    it('leave no trace where they change nothing', async () => {
      const { output, instanceId } = await run({ name: 'echo', input: 1, options: { priority: 0, transfer: false } });
      expect(output).toBe(1);
      expect(await hub.events(instanceId, 'TaskScheduled')).toEqual([
        { type: 'TaskScheduled', taskId: 0, name: 'echo', input: 1 },
      ]);
    });

    it.each([
      [{ timeout: 'soon' }, /^timeout: "soon" is no duration/],
      [{ timeout: -1 }, /^timeout: /],
      [{ timeout: 0 }, /^timeout must be longer than nothing/],
      [{ timeout: Number.NaN }, /^timeout: /],
      [{ heartbeatTimeout: '3 parsecs' }, /^heartbeatTimeout: "3 parsecs" is no duration/],
      [{ heartbeatTimeout: 0 }, /^heartbeatTimeout must be longer than nothing/],
      [{ priority: Number.NaN }, /^priority must be a finite number, not NaN/],
      [{ priority: Number.POSITIVE_INFINITY }, /^priority must be a finite number, not Infinity/],
      [{ priority: 'high' }, /^priority must be a finite number, not high/],
      [{ runWhen: 'onlin' }, /^runWhen must be 'online', 'visible', 'idle', not 'onlin'/],
      [{ transfer: 'yes' }, /^transfer must be /],
    ])('are refused at once if they make no sense: %j', async (options, message) => {
      const { output, instanceId } = await run({ name: 'echo', options: options as Run['options'] & object });
      expect(output).toMatchObject({
        name: expect.stringMatching(/^(Type|Range)Error$/),
        message: expect.stringMatching(message),
      });
      expect(await hub.events(instanceId, 'TaskScheduled')).toEqual([]);
    });
  });

  describe('a time limit', () => {
    it.each([
      [{ timeout: 30 }, "activity 'forever' did not end within 30 ms"],
      [{ heartbeatTimeout: '0.03s' as const }, "activity 'forever' gave no sign of life within 30 ms"],
    ])('fails the attempt: %j', async (options, message) => {
      const { output } = await run({ name: 'forever', options });
      expect(output).toEqual({
        name: 'TaskFailedError',
        code: 'TaskFailed',
        message: `forever failed: ${message}`,
        cause: { code: 'Timeout', message },
      });
    });

    it('is one for each attempt', async () => {
      const { output, instanceId } = await run({ name: 'forever', options: { timeout: 20, retry } });
      expect(output).toMatchObject({ code: 'TaskFailed', cause: { code: 'Timeout' } });
      const failed = await hub.events(instanceId, 'TaskFailed');
      expect(failed.map(({ failure }) => [failure.name, failure.code])).toEqual(
        Array(3).fill(['TimeoutError', 'Timeout']),
      );
    });

    it('is not reached by what ends in time', async () => {
      const options = { timeout: '1h', heartbeatTimeout: '1h' } as const;
      expect((await run({ name: 'increment', input: 1, options })).output).toBe(2);
    });
  });

  describe('a heartbeat', () => {
    it('is there for the next attempt, and not in the history', async () => {
      const { output, instanceId } = await run({ name: 'beatBefore', input: 3, options: { retry } });
      expect(output).toEqual({ attempt: 2 });
      const attempt = ['TaskScheduled', 'TaskFailed', 'TimerCreated', 'TimerFired'];
      const history = (await hub.history(instanceId)).map(({ type }) => type);
      expect(history.filter((type) => !type.startsWith('Orchestrator') && !type.startsWith('Execution'))).toEqual([
        ...attempt,
        ...attempt,
        'TaskScheduled',
        'TaskCompleted',
      ]);
    });

    it('that is kept is there after a reload', async () => {
      const { channel, listening } = listener();
      const id = await hub.start('runs', { name: 'beatOnce', input: channel });
      await listening;
      await hub.reload();
      expect(await hub.output(id)).toEqual(['half', new Date(7)]);
      expect(await hub.events(id, 'TaskScheduled')).toHaveLength(1);
    });

    it('is of its own call, in its own execution', async () => {
      expect((await hub.run('runsAgainAndAgain')).output).toEqual(Array(4).fill('nothing'));
    });

    it('with what cannot be kept is refused, and its activity goes on', async () => {
      const { output } = await run({ name: 'beatWrongly' });
      const what = "PayloadError: what activity 'beatWrongly' gave to heartbeat";
      expect(output).toEqual([
        `${what} takes some 40004 bytes: 32768 are the most`,
        expect.stringContaining(`${what} holds a binary value (Uint8Array)`),
        expect.stringContaining(`${what}, at go, is a function`),
      ]);
    });
  });

  describe('progress', () => {
    it('is in the status while the activity runs', async () => {
      const name = `progress ${crypto.randomUUID()}`;
      const id = await hub.start('runs', { name: 'tell', input: name });
      const progressOf = ({ waitsFor }: Status) =>
        (waitsFor[0] as Extract<Wait, { kind: 'activity' }> | undefined)?.progress;
      const status = await hub.until(id, (each) => progressOf(each) !== undefined);
      expect(status.waitsFor).toEqual([
        { kind: 'activity', taskId: 0, name: 'tell', progress: { fraction: 0.5, message: 'half of it' } },
      ]);
      expect(progressOf(await hub.client.getStatus(id))).toEqual({ fraction: 0.5, message: 'half of it' });
      const channel = new BroadcastChannel(name);
      channel.postMessage('it was seen');
      expect(await hub.output(id)).toBe('seen');
      channel.close();
      expect((await hub.client.getStatus(id)).waitsFor).toEqual([]);
    });
  });

  describe('a condition', () => {
    it.each(['online', 'visible', 'idle'] as const)('that holds, %s, keeps nothing from running', async (runWhen) => {
      expect((await run({ name: 'increment', input: 1, options: { runWhen } })).output).toBe(2);
    });
  });
}
