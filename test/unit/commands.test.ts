/** What the hub is asked for, and what it refuses: each refusal has its own error, and the hub goes on. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ErrorCode,
  InstanceExistsError,
  InstanceNotFoundError,
  InstanceNotRunningError,
  InstanceRunningError,
  InvalidNameError,
  PayloadError,
  UnknownOrchestrationError,
} from '../../src/core';
import { type Command, isCommand, messageOf } from '../../worker/hub/commands';
import { SimulatedClient } from '../support/simulated-client';
import type { Context } from '../support/styles';

const orchestrations = {
  helloCities: async (_: Context, name: string) => `Hello ${name}`,
  collectNames: async (ctx: Context) => await ctx.waitForExternalEvent('addname'),
};

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

describe('a command', () => {
  let client: SimulatedClient;
  const open = async () => {
    client = await SimulatedClient.open({ orchestrations });
    await client.startNew('helloCities', { instanceId: 'ended', input: 'Oslo' });
    await client.startNew('collectNames', { instanceId: 'running' });
    return client;
  };
  // Whatever was refused, the hub goes on.
  afterEach(async () => {
    await client.startNew('helloCities', { instanceId: 'after', input: 'Rome' });
    expect((await client.end('after')).output).toBe('Hello Rome');
    await client.raiseEvent('running', 'addname', 'Ada');
    expect((await client.end('running')).output).toBe('Ada');
  });

  async function expectRefusal(
    command: (client: SimulatedClient) => Promise<unknown>,
    type: abstract new (...args: never) => Error,
    code: ErrorCode,
    message: string | RegExp,
  ): Promise<void> {
    const error = await command(await open()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  }

  it('that starts an unknown orchestration is told which it could be', () =>
    expectRefusal(
      (hub) => hub.startNew('helloCites'),
      UnknownOrchestrationError,
      'UnknownOrchestration',
      "no orchestration 'helloCites' is registered; did you mean 'helloCities'\\?",
    ));

  it('that starts something quite unknown is told what to do', () =>
    expectRefusal(
      (hub) => hub.startNew('approval'),
      UnknownOrchestrationError,
      'UnknownOrchestration',
      /export it from the module given to serve/,
    ));

  it.each(['toString', '__proto__', 'constructor'])('that starts %s finds nothing', (name) =>
    expectRefusal((hub) => hub.startNew(name), UnknownOrchestrationError, 'UnknownOrchestration', name),
  );

  it('that starts an id in use is refused', () =>
    expectRefusal(
      (hub) => hub.startNew('helloCities', { instanceId: 'running' }),
      InstanceExistsError,
      'InstanceExists',
      "instance 'running' is Running already",
    ));

  it('whose input cannot be cloned is told where', () =>
    expectRefusal(
      (hub) => hub.startNew('helloCities', { input: { list: [{ onClick() {} }] } }),
      PayloadError,
      'Payload',
      /^the input of orchestration 'helloCities', at list\[0\]\.onClick, is a function/,
    ));

  it('whose event data cannot be cloned is told where', () =>
    expectRefusal(
      (hub) => hub.raiseEvent('running', 'addname', new Map([['a', Promise.resolve()]])),
      PayloadError,
      'Payload',
      /^the data of event 'addname', at get\(a\), is a promise/,
    ));

  it('whose value only the storage refuses fails alone', async () => {
    await open();
    const commands = [
      client.startNew('helloCities', { instanceId: 'a', input: 'a' }),
      client.startNew('helloCities', { instanceId: 'b', input: { buffer: detached() } }),
      client.startNew('helloCities', { instanceId: 'c', input: 'c' }),
      client.raiseEvent('running', 'other', detached()),
    ];
    const settled = await client.sim.within(Promise.allSettled(commands));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    for (const index of [1, 3]) {
      expect((settled[index] as PromiseRejectedResult).reason).toMatchObject({ name: 'PayloadError', code: 'Payload' });
    }
    expect((await client.end('c')).output).toBe('Hello c');
    await expect(client.getStatus('b')).rejects.toThrow(InstanceNotFoundError);
  });

  for (const [id, message] of [
    ['', /must not be empty/],
    ['x'.repeat(257), /at most 256 characters; this one has 257/],
    [7, /must be a string, not number/],
    [null, /must be a string, not null/],
    [{ toString: () => 'running' }, /must be a string, not object/],
  ] as const) {
    const wrong = id as string;
    it.each<[string, (hub: SimulatedClient) => Promise<unknown>]>([
      [
        'id to start',
        (hub) => hub.sim.command('startNew', { name: 'helloCities', instanceId: wrong, input: 1, fresh: false }),
      ],
      ['orchestration', (hub) => hub.startNew(wrong)],
      ['id to raise an event', (hub) => hub.raiseEvent(wrong, 'addname')],
      ['event name', (hub) => hub.raiseEvent('running', wrong)],
      ['id to terminate', (hub) => hub.terminate(wrong)],
      ['id to purge', (hub) => hub.purge(wrong)],
    ])(`with ${JSON.stringify(id).slice(0, 20)} as %s is refused`, (_, command) =>
      expectRefusal(command, InvalidNameError, 'InvalidName', message),
    );
  }

  it.each<[string, (hub: SimulatedClient) => Promise<unknown>]>([
    ['event', (hub) => hub.raiseEvent('nobody', 'addname')],
    ['termination', (hub) => hub.terminate('nobody')],
    ['purge', (hub) => hub.purge('nobody')],
  ])('for a missing instance is refused: %s', (_, command) =>
    expectRefusal(command, InstanceNotFoundError, 'InstanceNotFound', "there is no instance 'nobody'"),
  );

  it.each<[string, (hub: SimulatedClient) => Promise<unknown>, string]>([
    [
      'event',
      (hub) => hub.raiseEvent('ended', 'addname'),
      "instance 'ended' takes no event 'addname' any more: it is Completed",
    ],
    ['termination', (hub) => hub.terminate('ended'), "instance 'ended' cannot be terminated: it is Completed already"],
  ])('for an instance that has ended is refused: %s', (_, command, message) =>
    expectRefusal(command, InstanceNotRunningError, 'InstanceNotRunning', message),
  );

  it('to purge an instance that runs is refused', () =>
    expectRefusal(
      (hub) => hub.purge('running'),
      InstanceRunningError,
      'InstanceRunning',
      "instance 'running' is Running: terminate it before it is purged",
    ));

  it('finds the same after a restart', async () => {
    await open();
    await client.checkpoint();
    await client.restart();
    await expect(client.startNew('helloCities', { instanceId: 'running' })).rejects.toThrow(InstanceExistsError);
    await expect(client.raiseEvent('ended', 'e')).rejects.toThrow(InstanceNotRunningError);
    await expect(client.purge('running')).rejects.toThrow(InstanceRunningError);
    await client.purge('ended');
    await expect(client.raiseEvent('ended', 'e')).rejects.toThrow(InstanceNotFoundError);
  });

  it('takes ids and names of 256 characters, and any character', async () => {
    await open();
    for (const id of ['x'.repeat(256), 'a/b:c d', '🙂', '__proto__', '\u0000']) {
      await client.startNew('collectNames', { instanceId: id });
      await client.raiseEvent(id, 'addname', id);
      expect((await client.end(id)).output).toBe(id);
    }
  });
});

describe('what comes in as a command', () => {
  const caller = { done() {} };
  const read = (method: string, request: unknown) => messageOf({ method, request } as unknown as Command, caller);
  const start = { name: 'helloCities', instanceId: 'i', input: 1, fresh: false };
  const copy = {
    instanceId: 'i',
    execution: 1,
    createdTime: new Date(1),
    lastUpdatedTime: new Date(1),
    waits: [],
    history: [{ type: 'ExecutionStarted', name: 'helloCities' }],
  };

  it.each(['toString', '__proto__', 'constructor', 'hasOwnProperty', 'getStatus', 'nothing', ''])(
    'is none if it is called %s',
    (method) => {
      expect(isCommand({ method } as never)).toBe(false);
      expect(() => read(method, {})).toThrow(`there is no command '${method}'`);
    },
  );

  it.each<[string, unknown, RegExp]>([
    ['startNew', undefined, /^startNew must be an object, not undefined$/],
    ['startNew', null, /^startNew must be an object, not null$/],
    ['startNew', [start], /^startNew must be an object, not a list$/],
    ['startNew', { ...start, startAt: 5 }, /^startNew\.startAt must be a valid Date, not 5$/],
    ['startNew', { ...start, startAt: new Date(Number.NaN) }, /^startNew\.startAt must be a valid Date/],
    ['startNew', { ...start, fresh: 'yes' }, /^startNew\.fresh must be true or false, not a string$/],
    ['startNew', { ...start, onExisting: 'replaceAll' }, /^startNew\.onExisting must be one of replaceTerminal, /],
    ['startNew', { ...start, tags: ['a'] }, /^tags must be an object$/],
    ['startNew', { ...start, tags: { a: 1 } }, /^tag 'a' must be a string, not number$/],
    ['startNew', { ...start, version: 2 }, /^a version must be a string, not number$/],
    ['startNew', { ...start, priority: 1 }, /^startNew has a field that is not known: 'priority'$/],
    ['terminate', { instanceId: 'i', recursive: 1 }, /^terminate\.recursive must be true or false, not 1$/],
    ['suspend', { instanceId: 'i', reason: {} }, /^suspend\.reason must be a string, not an object$/],
    ['restart', { instanceId: 'i' }, /^an instance id must be a string, not undefined$/],
    ['purgeBy', {}, /^purgeBy\.filter must be an object, not undefined$/],
    ['purgeBy', { filter: {} }, /^purgeBy\.filter says nothing/],
    ['purgeBy', { filter: { runtimeStatus: undefined } }, /^purgeBy\.filter says nothing/],
    ['purgeBy', { filter: { runtimeStatus: ['Running'] } }, /^purgeBy\.filter\.runtimeStatus\[0\] must be one of/],
    ['purgeBy', { filter: { status: ['Failed'] } }, /^purgeBy\.filter has a field that is not known: 'status'$/],
    ['purgeBy', { filter: { createdTimeTo: '2026' } }, /^purgeBy\.filter\.createdTimeTo must be a valid Date/],
    ['importInstance', { copies: {} }, /: importInstance\.copies must be a list/],
    ['importInstance', { copies: [] }, /: there is none$/],
    ['importInstance', { copies: [copy, copy] }, /: two are the same$/],
    ['importInstance', { copies: [{ ...copy, history: [] }] }, /: 'i' starts 0 times$/],
    ['importInstance', { copies: [{ ...copy, createdTime: 1 }] }, /copies\[0\]\.createdTime must be a valid Date/],
    [
      'importInstance',
      { copies: [{ ...copy, history: [...copy.history, { type: 'TimerCreated', taskId: 0, fireAt: Number.NaN }] }] },
      /copies\[0\]\.history\[1\]\.fireAt must be a time, not NaN$/,
    ],
    [
      'importInstance',
      { copies: [{ ...copy, history: [{ type: 'toString' }] }] },
      /copies\[0\]\.history\[0\]\.type is none that is known: 'toString'$/,
    ],
  ])('is refused with what is wrong: %s %j', (method, request, message) => {
    expect(() => read(method, request)).toThrow(message);
  });

  it('has no chain of causes that leads back to its beginning', () => {
    const failure: Record<string, unknown> = { name: 'Error', message: 'no' };
    failure.cause = failure;
    const history = [...copy.history, { type: 'ExecutionCompleted', status: 'Failed', failure }];
    expect(() => read('importInstance', { copies: [{ ...copy, history }] })).toThrow(/cause must be absent/);
  });

  it('is looked up even if its id was made just now, when it comes out of the inbox', () => {
    const fresh = { ...start, fresh: true };
    expect(messageOf({ method: 'startNew', request: fresh }, caller)).toMatchObject({ fresh: true });
    expect(messageOf({ method: 'startNew', request: fresh }, { ...caller, inbox: 1 })).toMatchObject({ fresh: false });
  });
});
