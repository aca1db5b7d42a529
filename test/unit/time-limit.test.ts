import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeLimit, writing } from '../../worker/store/time-limit';

/** A thread's clock and its one timer. */
const thread = vi.hoisted(() => ({ now: 0, timer: undefined as { at: number; fn: () => void } | undefined }));

vi.mock('../../worker/platform', () => ({
  monotonicNow: () => thread.now,
  setTimer: (fn: () => void, ms: number) => {
    thread.timer = { at: thread.now + ms, fn };
  },
  clearTimer: () => {
    thread.timer = undefined;
  },
}));

function pass(ms: number): void {
  const end = thread.now + ms;
  for (let next = thread.timer; next && next.at <= end; next = thread.timer) {
    thread.now = next.at;
    thread.timer = undefined;
    next.fn();
  }
  thread.now = end;
}

/** The thread is frozen or busy: time goes by, and no timer comes until it is over. */
function holdUp(ms: number): void {
  thread.now += ms;
  const late = thread.timer;
  thread.timer = undefined;
  late?.fn();
}

let overs: number;
const onOver = () => {
  overs++;
};

beforeEach(() => {
  thread.timer = undefined;
  overs = 0;
});

describe('a time limit', () => {
  it('is over when nothing has moved on for so long, once', () => {
    new TimeLimit(100, onOver);
    pass(99);
    expect(overs).toBe(0);
    pass(10_000);
    expect(overs).toBe(1);
  });

  it('starts anew with whatever moves on', () => {
    const limit = new TimeLimit(100, onOver);
    for (let i = 0; i < 10; i++) {
      pass(60);
      limit.restart();
    }
    pass(99);
    expect(overs).toBe(0);
    pass(1);
    expect(overs).toBe(1);
  });

  it('is never over once it has stopped', () => {
    const limit = new TimeLimit(100, onOver);
    limit.stop();
    pass(1_000);
    expect(overs).toBe(0);
  });

  it('does not count the time in which its own thread was held up', () => {
    new TimeLimit(100, onOver);
    holdUp(60_000);
    pass(99);
    expect(overs).toBe(0);
    pass(1);
    expect(overs).toBe(1);
  });

  it('is longer while a large write is under way, as what waits behind that cannot be quicker', async () => {
    let written = () => {};
    const write = writing(20_000_000, () => new Promise<void>((resolve) => (written = resolve)));
    new TimeLimit(100, onOver);
    pass(10_099);
    expect(overs).toBe(0);
    pass(1);
    expect(overs).toBe(1);

    written();
    await write;
    new TimeLimit(100, onOver);
    pass(100);
    expect(overs).toBe(2);
  });
});
