/** Turns what a page asks for into messages. What comes in is checked here, whoever sent it. */
import { checkName, checkValue } from '../../src/core';
import type { HubMethod, RequestOf } from '../../src/protocol';
import type { Caller, DeliverMessage, Message } from './message';

/** The methods that change something. */
export type Command = { [K in CommandMethod]: { method: K; request: RequestOf<K> } }[CommandMethod];
export type CommandMethod = Exclude<
  HubMethod,
  'getStatus' | 'waitForEnd' | 'listInstances' | 'countInstances' | 'exportInstance'
>;

export function isCommand(call: { method: HubMethod }): call is Command {
  return call.method in messages;
}

/** @throws InvalidNameError, PayloadError */
export function messageOf(command: Command, caller: Caller): Message {
  return (messages[command.method] as (request: unknown, caller: Caller) => Message)(command.request, caller);
}

const messages: { [K in CommandMethod]: (request: RequestOf<K>, caller: Caller) => Message } = {
  startNew({ name, instanceId, input, fresh, startAt, tags, version, onExisting }, caller) {
    checkName(name, 'an orchestration name');
    checkName(instanceId, 'an instance id');
    checkValue(input, `the input of orchestration '${name}'`);
    const event = {
      type: 'ExecutionStarted',
      name,
      ...(input !== undefined && { input }),
      ...(startAt && { startAt: startAt.getTime() }),
      ...(tags && { tags }),
      ...(version !== undefined && { version }),
    } as const;
    return { kind: 'start', to: instanceId, event, fresh, ...(onExisting && { onExisting }), caller };
  },
  raiseEvent({ instanceId, name, data }, caller) {
    checkName(instanceId, 'an instance id');
    checkName(name, 'an event name');
    checkValue(data, `the data of event '${name}'`);
    const event = { type: 'EventRaised', name, ...(data !== undefined && { input: data }) } as const;
    return { kind: 'deliver', to: instanceId, event, caller };
  },
  terminate({ instanceId, reason, recursive }, caller): DeliverMessage {
    checkName(instanceId, 'an instance id');
    const event = {
      type: 'ExecutionTerminated',
      ...textOf(reason),
      ...(recursive && ({ recursive: true } as const)),
    } as const;
    return { kind: 'deliver', to: instanceId, event, caller };
  },
  suspend: ({ instanceId, reason }, caller) => ({ kind: 'suspend', ...about(instanceId, reason), caller }),
  resume: ({ instanceId, reason }, caller) => ({ kind: 'resume', ...about(instanceId, reason), caller }),
  rewind: ({ instanceId, reason }, caller) => ({ kind: 'rewind', ...about(instanceId, reason), caller }),
  restart({ instanceId, newInstanceId }, caller) {
    checkName(instanceId, 'an instance id');
    checkName(newInstanceId, 'an instance id');
    return { kind: 'restart', to: instanceId, newInstanceId, caller };
  },
  purge({ instanceId }, caller) {
    checkName(instanceId, 'an instance id');
    return { kind: 'purge', to: instanceId, caller };
  },
  purgeBy: ({ filter }, caller) => ({ kind: 'purgeBy', to: '', filter, caller }),
  importInstance({ copies }, caller) {
    for (const { instanceId, history } of copies) {
      checkName(instanceId, 'an instance id');
      checkValue(history, `the history of instance '${instanceId}'`);
    }
    return { kind: 'import', to: copies[0]?.instanceId ?? '', copies, caller };
  },
};

function about(instanceId: string, reason: unknown): { to: string; reason?: string } {
  checkName(instanceId, 'an instance id');
  return { to: instanceId, ...textOf(reason) };
}

function textOf(reason: unknown): { reason?: string } {
  return reason === undefined ? {} : { reason: String(reason) };
}
