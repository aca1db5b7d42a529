/**
 * Orchestrators, activities and the test share one thread here. Each of an async orchestrator's continuations must see
 * the turn's time, and nobody else's may.
 */
import { createTestHub, replay } from 'perdure/testing';
import { describe, expect, it } from 'vitest';
import type { OrchestrationContext } from '../../src';
import { activities } from '../unit/testing/orchestrations';

const start = Date.UTC(2026, 0, 1);
const day = 86_400_000;

/** @param nextTask resolves in a task of its own, before those that wait longer */
export function isolationContract(nextTask: () => Promise<void>): void {
  describe('beside orchestrators, which see a time of their own,', () => {
    const chains = {
      async chain(ctx: OrchestrationContext<typeof activities>): Promise<boolean> {
        let seesOwnTime = true;
        for (let i = 0; i < 100; i++) {
          await ctx.any([ctx.callActivity('pay', i), ctx.callActivity('pay', i + 1)]);
          // More continuations than one.
          for (let j = 0; j < 10; j++) await undefined;
          seesOwnTime &&= Date.now() === start;
        }
        return seesOwnTime;
      },
    };

    it('activities and the test see the real one', async () => {
      const seen: boolean[] = [];
      const look = async (times: number) => {
        for (let i = 0; i < times; i++) {
          await undefined;
          seen.push(Date.now() > start + day);
        }
      };
      const pay = async (n: number) => {
        await look((n * 37) % 100);
        if (n % 3 === 0) await nextTask();
        await look((n * 17) % 50);
        return 'paid';
      };
      const mixed = await createTestHub({ orchestrations: chains, activities: { ...activities, pay } });
      const ids = await Promise.all(Array.from({ length: 10 }, () => mixed.client.startNew('chain')));
      let isOver = false;
      const looking = (async () => {
        while (!isOver) {
          await look(20);
          await nextTask();
        }
      })();
      for (const id of ids) expect((await mixed.client.waitForCompletion(id)).output).toBe(true);
      isOver = true;
      await looking;
      expect(seen.length).toBeGreaterThan(2_000);
      expect(seen.every(Boolean)).toBe(true);
      await mixed.close();
    });

    it('those of each hub see their own', async () => {
      const timed = {
        async sees(ctx: OrchestrationContext<typeof activities>, time: number): Promise<boolean> {
          let seesOwnTime = true;
          for (let i = 0; i < 50; i++) {
            await ctx.callActivity('pay', i);
            for (let j = 0; j < i; j++) await undefined;
            seesOwnTime &&= Date.now() === time;
          }
          return seesOwnTime;
        },
      };
      const run = async (time: number) => {
        const own = await createTestHub({ orchestrations: timed, activities, startTime: new Date(time) });
        const id = await own.client.startNew('sees', { input: time });
        const { output } = await own.client.waitForCompletion(id);
        await Promise.all([1, 2].map(async () => replay(timed, await own.client.exportInstance(id))));
        await own.close();
        return output;
      };
      expect(await Promise.all([1e9, 2e9, 3e9, 4e9].map(run))).toEqual([true, true, true, true]);
    });
  });
}
