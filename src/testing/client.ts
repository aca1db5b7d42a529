/** The client as pages have it; but its times are virtual, and while somebody waits for an instance to end, time flies. */
import { Client } from '../client/client';
import type { HostPort } from '../client/host-worker';
import type { CompletionOptions, StartOptions } from '../client/types';
import { durationMs, TimeoutError } from '../core';
import type { StatusRecord } from '../protocol';
import type { VirtualClock } from './clock';
import type { Flow } from './flow';

export interface TestClientOptions {
  taskHub: string;
  port: HostPort;
  clock: VirtualClock;
  flow: Flow;
  /** Why an instance does not end. */
  explain(instanceId: string): Promise<Error>;
  close(): Promise<void>;
}

export class TestClient extends Client {
  readonly #options: TestClientOptions;

  constructor(options: TestClientOptions) {
    super({ taskHub: options.taskHub, worker: () => options.port }, options.close);
    this.#options = options;
  }

  override startNew(name: string, options: StartOptions = {}): Promise<string> {
    const { startAt } = options;
    if (startAt === undefined || startAt instanceof Date) return super.startNew(name, options);
    return super.startNew(name, { ...options, startAt: new Date(this.#options.clock.now() + durationMs(startAt)) });
  }

  override async waitForCompletion(id: string, { timeout, signal }: CompletionOptions = {}): Promise<StatusRecord> {
    const { clock, flow, explain } = this.#options;
    const given = new AbortController();
    const endWait = flow.wait({
      instanceId: id,
      deadline: timeout === undefined ? undefined : clock.now() + durationMs(timeout),
      onDeadline: () => given.abort(new TimeoutError(`instance '${id}' did not end within ${timeout}`)),
      onStuck: () =>
        explain(id).then(
          (error) => given.abort(error),
          (error) => given.abort(error),
        ),
    });
    try {
      return await super.waitForCompletion(id, {
        signal: signal ? AbortSignal.any([signal, given.signal]) : given.signal,
      });
    } finally {
      endWait();
    }
  }
}
