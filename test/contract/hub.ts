/**
 * A task hub as the specification sees it: the client that every page has, and what is done to a hub from outside. So
 * each scenario is written once, for the hub in memory and for the real one.
 */
import { afterAll, beforeAll, expect } from 'vitest';
import type { DurableClient, HistoryEvent, StartOptions } from '../../src';
import type { BuildName } from './functions';

export type AnyClient = DurableClient<Record<string, (ctx: never, input?: unknown) => unknown>>;
export type Status = Awaited<ReturnType<AnyClient['getStatus']>>;

export interface SpecHub {
  readonly client: AnyClient;
  /** The hub's clock, in milliseconds since 1970. */
  now(): number;
  /** Ends what runs the hub, and starts it again over the same storage, perhaps as another build. */
  reload(build: BuildName): Promise<void>;
  close(): Promise<void>;
}

/** Opens a new hub that runs the first build. */
export type OpenHub = () => Promise<SpecHub>;

/** How orchestrators are written: as generators, or as async functions, whose names end so. */
export type Style = '' | 'Async';

/** A hub for the tests of one subject, and short words for what they do again and again. */
export class Given {
  #hub: SpecHub | undefined;

  constructor(readonly style: Style) {}

  async open(openHub: OpenHub): Promise<void> {
    this.#hub = await openHub();
  }

  get #opened(): SpecHub {
    if (!this.#hub) throw new Error('the hub is opened before all tests');
    return this.#hub;
  }

  get client(): AnyClient {
    return this.#opened.client;
  }

  now(): number {
    return this.#opened.now();
  }

  reload(build: BuildName = 'first'): Promise<void> {
    return this.#opened.reload(build);
  }

  close(): Promise<void> {
    return this.#opened.close();
  }

  /** The name that an orchestration has in this style. */
  name(name: string): string {
    return `${name}${this.style}`;
  }

  async start(name: string, input?: unknown, options: Omit<StartOptions, 'input'> = {}): Promise<string> {
    return this.client.startNew(this.name(name), { input, ...options });
  }

  async run(name: string, input?: unknown, options?: Omit<StartOptions, 'input'>): Promise<Status> {
    return this.client.waitForCompletion(await this.start(name, input, options));
  }

  async output(id: string): Promise<unknown> {
    return (await this.client.waitForCompletion(id)).output;
  }

  /** What waiting for the instance rejects with. */
  failure(id: string): Promise<unknown> {
    return rejectionOf(this.client.waitForCompletion(id));
  }

  async history(id: string): Promise<readonly HistoryEvent[]> {
    return this.client.getHistory(id);
  }

  /** The events of one type. */
  async events<T extends HistoryEvent['type']>(id: string, type: T): Promise<Extract<HistoryEvent, { type: T }>[]> {
    const history = await this.history(id);
    return history.filter((event): event is Extract<HistoryEvent, { type: T }> => event.type === type);
  }

  /** The instance's status as soon as it looks like this. No virtual time passes meanwhile. */
  until(id: string, look: (status: Status) => boolean): Promise<Status> {
    const live = this.client.watchInstance(id);
    return new Promise((resolve, reject) => {
      const unsubscribe = live.subscribe(() => {
        const { instance, error } = live.get();
        if (!error && !(instance && look(instance))) return;
        unsubscribe();
        if (error) reject(error);
        else resolve(instance as Status);
      });
    });
  }

  /** Until this has happened. */
  happened(id: string, type: HistoryEvent['type']): Promise<void> {
    const live = this.client.watchInstance(id, { history: true });
    return new Promise((resolve) => {
      const unsubscribe = live.subscribe(() => {
        if (!live.get().instance?.history?.some((event) => event.type === type)) return;
        unsubscribe();
        resolve();
      });
    });
  }

  /** Started and waiting for something. */
  waiting(id: string): Promise<Status> {
    return this.until(id, ({ waitsFor }) => waitsFor.length > 0);
  }

  /** Waiting for an event of this name. */
  waitingFor(id: string, event: string): Promise<Status> {
    return this.until(id, ({ waitsFor }) => waitsFor.some((wait) => wait.kind === 'event' && wait.name === event));
  }

  parked(id: string): Promise<Status> {
    return this.until(id, ({ parked }) => parked !== undefined);
  }
}

/** Opens a hub for the tests of the describe block that calls it. */
export function given(open: OpenHub, style: Style): Given {
  const hub = new Given(style);
  beforeAll(() => hub.open(open));
  afterAll(() => hub.close());
  return hub;
}

export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`it did not reject, but gave ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

/** Each of these calls is refused, with an error of this code. */
export async function expectRefused(code: string, ...calls: Promise<unknown>[]): Promise<void> {
  for (const error of await Promise.all(calls.map(rejectionOf))) expect(error).toMatchObject({ code });
}

export async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

/** Hears an activity that listens: that it does, and what it has heard. */
export function listener(): { channel: string; listening: Promise<unknown>; heard: Promise<unknown> } {
  const name = `listener ${crypto.randomUUID()}`;
  const channel = new BroadcastChannel(name);
  // It may be run more than once, and say again that it listens.
  const first = (isMeant: (said: unknown) => boolean) =>
    new Promise<unknown>((resolve) => {
      channel.addEventListener('message', ({ data }: MessageEvent) => isMeant(data) && resolve(data));
    });
  const listening = first((said) => said === 'listening');
  const heard = first((said) => said !== 'listening').finally(() => channel.close());
  return { channel: name, listening, heard };
}

/** Answers what activities ask on this channel, in order; the last answer again and again. */
export function answer(channelName: string, answers: readonly unknown[]): () => void {
  const channel = new BroadcastChannel(channelName);
  let next = 0;
  channel.onmessage = () => channel.postMessage(answers[Math.min(next++, answers.length - 1)]);
  return () => channel.close();
}
