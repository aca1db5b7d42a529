/** What the tests of the testing kit run: each in the shape in which an app would have it. */
import type { OrchestrationContext } from '../../../src';

export const activities = {
  pay: async (_amount: number): Promise<string> => 'paid',
  ship: async (parcel: { to: string }): Promise<string> => `shipped to ${parcel.to}`,
};
type Context = OrchestrationContext<typeof activities>;

export const orchestrations = {
  async checkout(ctx: Context, amount: number): Promise<string> {
    const paid = await ctx.callActivity('pay', amount);
    await ctx.createTimer('3d');
    return `${paid}, ${await ctx.callActivity('ship', { to: 'Ada' })}`;
  },
  async approval(ctx: Context): Promise<string> {
    return ctx.waitForExternalEvent<string>('decision', { timeout: '60d', default: 'nobody' });
  },
  async waits(ctx: Context): Promise<unknown> {
    return ctx.waitForExternalEvent('go');
  },
  async waitsForChild(ctx: Context): Promise<unknown> {
    return ctx.callSubOrchestrator(orchestrations.waits, undefined, { instanceId: 'the child' });
  },
  async paysWithDeadline(ctx: Context): Promise<string> {
    const payment = ctx.callActivity('pay', 1);
    const deadline = ctx.createTimer('10m');
    const first = await ctx.any({ payment, deadline });
    if (first.key === 'payment') return first.value;
    payment.cancel('too late');
    return 'too late';
  },
  async monitors(ctx: Context): Promise<void> {
    await ctx.createTimer('1h');
    ctx.continueAsNew();
  },
};
