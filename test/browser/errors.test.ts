/** What the page sees when something is wrong: the error's class, its code, and a message that helps. */
import {
  connect,
  HubUnavailableError,
  InstanceExistsError,
  InstanceFailedError,
  InstanceNotFoundError,
  InstanceNotRunningError,
  InstanceRunningError,
  InstanceTerminatedError,
  InvalidNameError,
  NewerSchemaError,
  PayloadError,
  PerdureError,
  UnknownOrchestrationError,
} from 'perdure';
import { afterAll, describe, expect, it } from 'vitest';
import { IndexedDBStore } from '../../worker/store/indexeddb';
import { type AnyClient, contractWorker, newHubName, openClient, rejectionOf } from './fixtures/hubs';

async function expectRejection(
  promise: Promise<unknown>,
  type: abstract new (...args: never) => PerdureError,
  code: string,
  message: string | RegExp,
): Promise<void> {
  const error = await rejectionOf(promise);
  expect(error).toBeInstanceOf(type);
  expect(error).toBeInstanceOf(PerdureError);
  expect(error).toMatchObject({ code, name: `${code}Error`, message: expect.stringMatching(message) });
}

describe('a page', () => {
  const client = openClient();
  afterAll(() => client.close());
  let ids = 0;
  const start = (name: string, input?: unknown) => client.startNew(name, { instanceId: `i${ids++}`, input });

  it('that starts an unknown orchestration is told which it could be', () =>
    expectRejection(
      client.startNew('fanout2'),
      UnknownOrchestrationError,
      'UnknownOrchestration',
      "no orchestration 'fanout2' is registered; did you mean 'fanOut'\\?",
    ));

  it('whose orchestration calls an unknown activity is told which it could be', async () => {
    const error = await rejectionOf(client.waitForCompletion(await start('callsUnknown')));
    expect(error).toBeInstanceOf(InstanceFailedError);
    expect((error as InstanceFailedError).failure).toMatchObject({
      code: 'TaskFailed',
      cause: { code: 'UnknownActivity', message: "no activity is named 'incremnt'; did you mean 'increment'?" },
    });
  });

  it('whose orchestration fails gets all that is known of the error', async () => {
    const id = await start('fails');
    const error = await rejectionOf(client.waitForCompletion(id));
    expect(error).toBeInstanceOf(InstanceFailedError);
    expect(error).toMatchObject({
      code: 'InstanceFailed',
      instanceId: id,
      message: `instance '${id}' failed: fail failed: oh no`,
      cause: { code: 'TaskFailed', cause: { name: 'RangeError', code: 'E_TEST', cause: { name: 'TypeError' } } },
    });
    const { stack } = ((error as Error).cause as Error).cause as Error;
    expect(stack).toContain('contract/functions');
  });

  it('whose orchestration was terminated gets the reason', async () => {
    const id = await start('lasts');
    await client.terminate(id, 'not needed');
    const error = await rejectionOf(client.waitForCompletion(id));
    expect(error).toBeInstanceOf(InstanceTerminatedError);
    expect(error).toMatchObject({ reason: 'not needed', message: `instance '${id}' was terminated: not needed` });
  });

  it.each([
    [{ list: [{ onClick() {} }] }, /, at list\[0\]\.onClick, is a function/],
    [new Map([['a', document.createElement('p')]]), /, at get\(a\), is an instance of HTMLParagraphElement/],
    [{ window }, /, at window, /],
    [Promise.resolve(), / is a promise or a task; await it first/],
    [{ on: Symbol('s') }, /, at on, is a symbol/],
  ])('that gives an input which cannot be cloned is told where (%#)', async (input, problem) => {
    await expectRejection(start('echoes', input), PayloadError, 'Payload', problem);
    await expectRejection(start('echoes', input), PayloadError, 'Payload', /^the input of orchestration 'echoes'/);
    const id = await start('echoes', 1);
    await expectRejection(client.raiseEvent(id, 'echo', input), PayloadError, 'Payload', /^the data of event 'echo'/);
    await client.terminate(id);
  });

  it('that gives a value which only the browser refuses fails alone', async () => {
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });
    const [before, refused, after] = await Promise.allSettled([
      start('chain', 1),
      start('echoes', { buffer }),
      start('chain', 2),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'Payload' } });
    expect((refused as PromiseRejectedResult).reason).toBeInstanceOf(PayloadError);
    for (const each of [before, after]) {
      const { value } = each as PromiseFulfilledResult<string>;
      expect((await client.waitForCompletion(value)).runtimeStatus).toBe('Completed');
    }
  });

  it('that uses an id in use, or one of nobody, is told so', async () => {
    const id = await start('lasts');
    await expectRejection(
      client.startNew('chain', { instanceId: id, input: 1 }),
      InstanceExistsError,
      'InstanceExists',
      `instance '${id}' is Running already`,
    );
    await expectRejection(
      client.purge(id),
      InstanceRunningError,
      'InstanceRunning',
      'terminate it before it is purged',
    );
    await client.terminate(id);
    await expectRejection(
      client.raiseEvent(id, 'e'),
      InstanceNotRunningError,
      'InstanceNotRunning',
      'Terminated already',
    );
    await expectRejection(client.terminate(id), InstanceNotRunningError, 'InstanceNotRunning', 'cannot be terminated');
    await client.purge(id);
    const calls = [
      client.getStatus(id),
      client.waitForCompletion(id),
      client.raiseEvent(id, 'e'),
      client.terminate(id),
      client.suspend(id),
      client.resume(id),
      client.rewind(id),
      client.restart(id),
      client.getHistory(id),
      client.exportInstance(id),
      client.purge(id),
    ].map((call) => expectRejection(call, InstanceNotFoundError, 'InstanceNotFound', `there is no instance '${id}'`));
    await Promise.all(calls);
  });

  it.each([
    ['', /must not be empty/],
    ['x'.repeat(257), /at most 256 characters/],
    [7 as unknown as string, /must be a string, not number/],
    [null as unknown as string, /must be a string, not null/],
  ])('that uses %.20j as a name is told what a name is', async (wrong, problem) => {
    const calls = [
      client.startNew(wrong),
      client.startNew('chain', { instanceId: wrong, input: 1 }),
      client.getStatus(wrong),
      client.waitForCompletion(wrong),
      client.raiseEvent(wrong, 'e'),
      client.raiseEvent('some', wrong),
      client.terminate(wrong),
      client.suspend(wrong),
      client.resume(wrong),
      client.rewind(wrong),
      client.restart(wrong),
      client.restart('some', { newInstanceId: wrong }),
      client.getHistory(wrong),
      client.exportInstance(wrong),
      client.importInstance('{}', { instanceId: wrong }),
      client.purge(wrong),
    ].map((call) => expectRejection(call, InvalidNameError, 'InvalidName', problem));
    await Promise.all(calls);
    expect(() => client.watchInstance(wrong)).toThrow(InvalidNameError);
    expect(() => connect({ taskHub: wrong, worker: contractWorker })).toThrow(InvalidNameError);
  });
});

describe('a hub whose storage a newer perdure wrote', () => {
  async function expectNewer(client: AnyClient): Promise<void> {
    await expectRejection(client.startNew('chain', { input: 1 }), NewerSchemaError, 'NewerSchema', /newer/);
    await expectRejection(client.getStatus('i'), NewerSchemaError, 'NewerSchema', /newer/);
    await expectRejection(client.raiseEvent('i', 'e'), NewerSchemaError, 'NewerSchema', /newer/);
    expect(client.hub.get()).toMatchObject({ role: 'starting', error: { code: 'NewerSchema' } });
    await client.close();
  }

  it('is left as it is, and says so: newer records', async () => {
    const taskHub = newHubName();
    const store = new IndexedDBStore(taskHub);
    await store.takeOver();
    store.close();
    await withDatabase(taskHub, undefined, (database) => {
      const meta = database.transaction('meta', 'readwrite').objectStore('meta');
      meta.get('owner').onsuccess = ({ target }) =>
        meta.put({ ...(target as IDBRequest<object>).result, schema: 99 }, 'owner');
    });
    await expectNewer(openClient(taskHub));
  });

  it('is left as it is, and says so: newer stores', async () => {
    const taskHub = newHubName();
    await withDatabase(taskHub, 99, () => {});
    await expectNewer(openClient(taskHub));
  });

  function withDatabase(
    taskHub: string,
    version: number | undefined,
    use: (database: IDBDatabase) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(`perdure/${taskHub}`, version);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        use(opening.result);
        // It closes once its transactions are complete.
        opening.result.close();
        resolve();
      };
    });
  }
});

describe('a worker file that cannot be loaded', () => {
  it.each([
    ['is missing', () => new Worker('/there-is-no-such-worker.js', { type: 'module' })],
    ['throws', () => new Worker(new URL('./fixtures/broken.worker.ts', import.meta.url), { type: 'module' })],
  ])('rejects calls with a HubUnavailableError: it %s', async (_, worker) => {
    const taskHub = newHubName();
    const client = connect({ taskHub, worker }) as AnyClient;
    const live = client.watchInstance('i');
    live.subscribe(() => {});
    const message = new RegExp(`the worker of task hub '${taskHub}' could not be loaded.*does it call serve\\(\\)\\?`);
    await expectRejection(client.startNew('chain'), HubUnavailableError, 'HubUnavailable', message);
    await expectRejection(client.getStatus('i'), HubUnavailableError, 'HubUnavailable', message);
    expect(client.hub.get()).toMatchObject({ role: 'starting', error: { code: 'HubUnavailable' } });
    expect(live.get()).toMatchObject({ state: 'error', error: { code: 'HubUnavailable' } });
    const late = client.watchInstances();
    await new Promise<void>((resolve) => late.subscribe(resolve));
    expect(late.get()).toMatchObject({ state: 'error', error: { code: 'HubUnavailable' } });
    await client.close();
  });
});
