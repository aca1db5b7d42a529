import type { ActivityContext } from 'perdure';

/** What most scenarios are made of: a little work, that takes some time. */
export async function step(n: number, ctx: ActivityContext): Promise<number> {
  ctx.log(`step ${n}`);
  await new Promise((resolve) => setTimeout(resolve, (n * 7) % 5));
  return n;
}

/** Whoever runs it is killed by the test as soon as it says so. */
export async function deadly(_: undefined, ctx: ActivityContext): Promise<void> {
  ctx.log('kills this tab');
  await new Promise(() => {});
}
