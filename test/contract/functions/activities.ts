/** The activities of the specification. They keep no state: several workers may run them, and none for long. */
import type { ActivityContext } from '../../../src';

export const activities = {
  increment: (n: number) => n + 1,
  echo: (value: unknown) => value,
  fail: (message: string) => {
    throw Object.assign(new RangeError(message, { cause: new TypeError('the cause') }), { code: 'E_TEST' });
  },
  readText: (blob: Blob) => blob.text(),
  forever: () => new Promise<void>(() => {}),

  /** Differs from call to call: whether it was called again, its result tells. */
  ticket: () => crypto.randomUUID(),

  /** Fails in the attempts before this one. */
  failBefore(attempt: number, ctx: ActivityContext): number {
    if (ctx.attempt < attempt) throw Object.assign(new Error(`attempt ${ctx.attempt}`), { code: 'E_TEST' });
    return ctx.attempt;
  },

  /** Asks the test what to do: gives what it answers, and throws what it answers as an error. */
  ask: (channelName: string) =>
    new Promise<unknown>((resolve, reject) => {
      const channel = new BroadcastChannel(channelName);
      channel.onmessage = ({ data }: MessageEvent) => {
        channel.close();
        if (data instanceof Error) reject(data);
        else resolve(data);
      };
      channel.postMessage('what now?');
    }),

  /** What it knows of its call. */
  introduce: (_: undefined, { instanceId, taskId, attempt, idempotencyKey, signal }: ActivityContext) => ({
    instanceId,
    taskId,
    attempt,
    idempotencyKey,
    isAborted: signal.aborted,
  }),

  /** Its key, in the second attempt together with that of the first. */
  keyOfEachAttempt(_: undefined, { attempt, idempotencyKey }: ActivityContext): string[] {
    if (attempt === 1) throw new Error(idempotencyKey);
    return [idempotencyKey];
  },

  /** Never answers. It says on this channel that it runs, and, when it is aborted, why. */
  listen: (channelName: string, { signal }: ActivityContext) =>
    new Promise<void>(() => {
      const say = (what: unknown) => {
        const channel = new BroadcastChannel(channelName);
        channel.postMessage(what);
        channel.close();
      };
      signal.addEventListener('abort', () => say(String(signal.reason)));
      say('listening');
    }),

  /** Fails in the attempts before this one, each time with a heartbeat. What it has found is its result. */
  async beatBefore(attempt: number, ctx: ActivityContext): Promise<unknown> {
    const found = ctx.lastHeartbeat ?? 'nothing';
    await ctx.heartbeat({ attempt: ctx.attempt });
    if (ctx.attempt < attempt) throw new Error(`attempt ${ctx.attempt}`);
    return found;
  },

  /** Says on this channel that its heartbeat is kept, and waits to be run again. */
  async beatOnce(channelName: string, ctx: ActivityContext): Promise<unknown> {
    if (ctx.lastHeartbeat !== undefined) return ctx.lastHeartbeat;
    await ctx.heartbeat(['half', new Date(7)]);
    const channel = new BroadcastChannel(channelName);
    channel.postMessage('listening');
    channel.close();
    return new Promise(() => {});
  },

  /** Beats with what cannot be kept, and with nothing. What it is told is its result. */
  async beatWrongly(_: undefined, ctx: ActivityContext): Promise<unknown> {
    const refused: string[] = [];
    for (const wrong of ['x'.repeat(40_000), { deep: [new Uint8Array(4)] }, { go: () => {} }]) {
      await ctx.heartbeat(wrong).catch(({ name, message }) => refused.push(`${name}: ${message}`));
    }
    await ctx.heartbeat(undefined);
    return refused;
  },

  /** Tells how far it is, until this channel says that it was seen. */
  tell: (channelName: string, ctx: ActivityContext) =>
    new Promise<string>((resolve) => {
      const channel = new BroadcastChannel(channelName);
      channel.onmessage = () => {
        channel.close();
        resolve('seen');
      };
      ctx.progress(0.5, 'half of it');
    }),
};
