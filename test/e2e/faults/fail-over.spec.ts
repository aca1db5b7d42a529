/** How long nobody runs the hub when its owner goes, measured on this machine. */
import type { Tab } from './tab';
import { expect, test } from './test';

/** On a quiet machine it is a tenth of that. */
const closedLimitMs = 3_000;
/** Until it is noticed that an owner stands still, and for the taking over, as above. */
const frozenLimitMs = 6_000 + closedLimitMs;

const rounds = 5;

for (const [work, input, what] of [
  ['ticks', 100_000, 'timers are due'],
  ['steps', 100_000, 'an activity has to be run again, in a worker that has to be started'],
] as const) {
  test(`from a closed owner to the next one's first commit, while ${what}`, async ({ tabs }) => {
    let [owner, next] = await tabs.openTwo();
    const ids = await Promise.all(Array.from({ length: 5 }, () => owner.call('startNew', work, { input })));
    const figures: { owned: number; committed: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      await isAtWork(owner);
      const closedAt = Date.now();
      await owner.close();
      await isAtWork(next);
      figures.push(await since(closedAt, next));
      owner = next;
      next = await tabs.open();
      await next.toBe('waiting');
    }
    report(`closed owner, ${work}`, figures);
    expect(Math.max(...figures.map(({ committed }) => committed))).toBeLessThan(closedLimitMs);
    for (const id of ids) if ('value' in id) await next.call('terminate', id.value);
  });
}

test("from an owner that stands still to the next one's first commit", async ({ tabs }) => {
  const [owner, next] = await tabs.openTwo();
  const collecting = await next.start('collect', 2);
  await owner.prepareStop();
  const stoppedAt = await owner.stopIdle();
  const raised = next.raise(collecting, 1);
  await next.toBe('owner', 2 * frozenLimitMs);
  await raised;
  const figures = [await since(stoppedAt, next)];
  report('owner that stands still', figures);
  expect(figures[0]?.committed).toBeLessThan(frozenLimitMs);
  owner.wake();
});

async function isAtWork(tab: Tab): Promise<void> {
  await expect
    .poll(async () => (await tab.switches()).committedAt.length, { timeout: 20_000, intervals: [20] })
    .toBeGreaterThan(0);
}

async function since(at: number, tab: Tab): Promise<{ owned: number; committed: number }> {
  const { tookOverAt, committedAt } = await tab.switches();
  return { owned: (tookOverAt[0] ?? 0) - at, committed: (committedAt[0] ?? 0) - at };
}

function report(what: string, figures: readonly { owned: number; committed: number }[]): void {
  const text = figures.map(({ owned, committed }) => `${owned} → ${committed}`).join(', ');
  test.info().annotations.push({ type: 'fail-over', description: `${what}: ${text}` });
  console.log(`${what}: ms to the take-over → to the first commit: ${text}`);
}
