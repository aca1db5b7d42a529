/**
 * A hub with many instances that do nothing: some sleep, the others have ended. What it costs to open it and to ask it
 * must not depend on how many there are.
 */
import { type Hub, inTime, openHub, startMany } from '../../hub';

const taskHub = 'crowd';
/** Of each question so many are asked, unless they take longer than this together. */
const calls = 20;
const fewestCalls = 3;
const longMs = 2_000;

const names = ['firstPage', 'firstPageCompleted', 'firstPageRunning', 'count', 'countCompleted'] as const;

export type Question = (typeof names)[number];

const questions: Record<Question, (hub: Hub) => Promise<unknown>> = {
  firstPage: ({ client }) => firstOf(client.listInstances().byPage()),
  firstPageCompleted: ({ client }) => firstOf(client.listInstances({ runtimeStatus: ['Completed'] }).byPage()),
  firstPageRunning: ({ client }) => firstOf(client.listInstances({ runtimeStatus: ['Running'] }).byPage()),
  count: ({ client }) => client.countInstances(),
  countCompleted: ({ client }) => client.countInstances({ runtimeStatus: ['Completed'] }),
};

export const crowd = {
  questions: names,

  /** Adds instances, and waits until they are in rows. */
  async add(name: 'sleeper' | 'nothing', count: number): Promise<void> {
    const { client, emptied, close } = openHub(taskHub);
    await startMany(client, name, count, 5_000);
    await inTime(emptied());
    await close();
  },

  /** Milliseconds from making a worker until the hub can be used. */
  async boot(): Promise<number> {
    const start = performance.now();
    const { client, close } = openHub(taskHub);
    await inTime(client.ready);
    const ms = performance.now() - start;
    await close();
    return ms;
  },

  /** Milliseconds of each of several calls, one after the other. */
  async ask(question: Question): Promise<number[]> {
    const hub = openHub(taskHub);
    await inTime(hub.client.ready);
    const all: number[] = [];
    // The first does not count: it meets code that is not compiled.
    await questions[question](hub);
    const begun = performance.now();
    while (all.length < fewestCalls || (all.length < calls && performance.now() - begun < longMs)) {
      const start = performance.now();
      await inTime(questions[question](hub));
      all.push(performance.now() - start);
    }
    await hub.close();
    return all;
  },
};

async function firstOf<T>(pages: AsyncIterable<T>): Promise<T | undefined> {
  for await (const page of pages) return page;
  return undefined;
}
