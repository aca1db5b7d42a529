/** Timers by the wall clock: the earliest first, and those that nobody waits for any more cost nothing. */
import { describe, expect, it } from 'vitest';
import { type DueTimer, Timers } from '../../../worker/hub/timers';
import { VirtualClock } from '../../support/simulation';

function open() {
  const clock = new VirtualClock();
  const hints: number[] = [];
  const fired: DueTimer[] = [];
  const timers = new Timers(
    {
      now: clock.now,
      clearTimer: clock.clearTimer,
      setTimer(callback, ms) {
        hints.push(ms);
        return clock.setTimer(callback, ms);
      },
    },
    (due) => fired.push(...due),
  );
  const start = clock.now();
  const add = (execution: number, taskId: number, ms: number) =>
    timers.add({ id: 'i', execution, taskId, fireAt: start + ms });
  return { clock, hints, fired, timers, add };
}

describe('timers', () => {
  it('fire by due time, then by execution, then by task', () => {
    const { clock, fired, add } = open();
    for (const [execution, taskId, ms] of [
      [2, 1, 1_000],
      [1, 2, 1_000],
      [1, 1, 1_000],
      [3, 0, 500],
    ] as const) {
      add(execution, taskId, ms);
    }
    clock.pass(999);
    expect(fired.map(({ execution }) => execution)).toEqual([3]);
    clock.pass(1);
    expect(fired.map(({ execution, taskId }) => [execution, taskId])).toEqual([
      [3, 0],
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  it('fire in order, and no cancelled one, whatever was cancelled', () => {
    const { clock, fired, timers, add } = open();
    const dueOf = (taskId: number) => (taskId * 7_919) % 1_009;
    const ids = Array.from({ length: 1_000 }, (_, taskId) => taskId);
    for (const taskId of ids) add(1, taskId, dueOf(taskId));
    const isCancelled = (taskId: number) => taskId % 10 !== 3;
    for (const taskId of ids.filter(isCancelled)) timers.cancel(1, taskId);
    // One that comes back is watched anew.
    add(1, 0, 2_000);
    clock.pass(3_000);
    const waiting = ids.filter((taskId) => !isCancelled(taskId)).sort((a, b) => dueOf(a) - dueOf(b));
    expect(fired.map(({ taskId }) => taskId)).toEqual([...waiting, 0]);
  });

  it('that are cancelled are cleared out once they are the most, and wake nobody', () => {
    const { clock, hints, fired, timers, add } = open();
    for (let taskId = 0; taskId < 1_000; taskId++) add(1, taskId, 1_000 + taskId);
    add(2, 0, 9_000);
    for (let taskId = 0; taskId < 1_000; taskId++) timers.cancel(1, taskId);
    const before = hints.length;
    clock.pass(8_999);
    // The few that cancelling leaves behind at most.
    expect(hints.length - before).toBeLessThan(70);
    expect(fired).toEqual([]);
    clock.pass(1);
    expect(fired).toMatchObject([{ execution: 2, taskId: 0 }]);
  });
});
