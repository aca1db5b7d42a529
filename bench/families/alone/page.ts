/** Loads that the floor has no counterpart for: it knows neither events nor children nor timers. */
import { type Hub, inStyle, inTime, openHub } from '../../hub';
import { type Style, styles } from '../../loads';
import type { Times } from '../pairs/page';

export type AloneName = 'events1000' | 'children1000' | 'timers10000';

/** Timers are due so long after the first start, in milliseconds: by then all instances must sleep. Shorter once that was seen. */
const leadMs = 15_000;
const timers = 10_000;
let hubs = 0;

const loads: Record<AloneName, (hub: Hub, style: Style) => Promise<Times>> = {
  /** One instance takes 1,000 events, raised at once. Until it has ended. */
  async events1000({ client, emptied }, style) {
    const name = inStyle(style, { async: 'countEvents', generator: 'countEventsInSteps' });
    const id = await client.startNew(name, { input: 1_000 });
    await emptied();
    const start = performance.now();
    for (let i = 0; i < 1_000; i++) void client.raiseEvent(id, 'go');
    check((await client.waitForCompletion(id)).output, 1_000);
    return timesSince(start, emptied);
  },

  /** One instance starts 1,000 others that end at once. Until it has all their results and has ended. */
  async children1000({ client, emptied }, style) {
    const start = performance.now();
    const name = inStyle(style, { async: 'parent', generator: 'parentOfSteps' });
    const id = await client.startNew(name, { input: 1_000 });
    check((await client.waitForCompletion(id)).output, 1_000);
    return timesSince(start, emptied);
  },

  /** 10,000 instances with a timer each, all due at one moment. From then until the last one has ended. */
  async timers10000({ client, emptied }) {
    const begunAt = Date.now();
    const dueAt = begunAt + leadMs;
    const ids = await Promise.all(Array.from({ length: timers }, () => client.startNew('alarm', { input: dueAt })));
    const ends = Promise.all(ids.map((id) => client.waitForCompletion(id)));
    await emptied();
    if (Date.now() > dueAt)
      throw new Error(`${timers} instances do not sleep ${leadMs / 1000} s after they were started`);
    check((await ends).length, timers);
    return timesSince(dueAt - performance.timeOrigin, emptied);
  },
};

export const alone = {
  stylesOf: (name: AloneName): readonly Style[] => (name === 'timers10000' ? ['generator'] : styles),

  async time(name: AloneName, style: Style): Promise<Times> {
    const hub = openHub(`alone-${hubs++}`);
    await inTime(hub.client.ready);
    const times = await inTime(loads[name](hub, style));
    await hub.remove();
    return times;
  },
};

async function timesSince(start: number, emptied: () => Promise<void>): Promise<Times> {
  const result = performance.now() - start;
  await emptied();
  return { result, empty: performance.now() - start };
}

function check(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`the load was not done: ${found} instead of ${wanted}`);
}
