/**
 * Turns what a page asks for into messages. What comes in is checked here, whoever sent it: what lies in the inbox can
 * be of another build, or damaged.
 */
import { checkValue } from '../../src/core';
import type { HubMethod, RequestOf } from '../../src/protocol';
import { requestShapes } from './command-shapes';
import type { Caller, DeliverMessage, Message } from './message';

/** The methods that change something. */
export type Command = { [K in CommandMethod]: { method: K; request: RequestOf<K> } }[CommandMethod];
export type CommandMethod = Exclude<
  HubMethod,
  'getStatus' | 'waitForEnd' | 'listInstances' | 'countInstances' | 'exportInstance'
>;

export function isCommand(call: { method: HubMethod }): call is Command {
  return Object.hasOwn(messages, call.method);
}

/** @throws TypeError, RangeError, InvalidNameError, InvalidExportError, PayloadError when the request is none */
export function messageOf(command: Command, caller: Caller): Message {
  const { method, request } = command;
  if (!isCommand(command)) throw new TypeError(`there is no command '${String(method).slice(0, 40)}'`);
  requestShapes[method](request, method);
  return (messages[method] as (request: unknown, caller: Caller) => Message)(request, caller);
}

const messages: { [K in CommandMethod]: (request: RequestOf<K>, caller: Caller) => Message } = {
  startNew({ name, instanceId, input, fresh, startAt, tags, version, onExisting }, caller) {
    checkValue(input, `the input of orchestration '${name}'`);
    const event = {
      type: 'ExecutionStarted',
      name,
      ...(input !== undefined && { input }),
      ...(startAt && { startAt: startAt.getTime() }),
      ...(tags && { tags }),
      ...(version !== undefined && { version }),
    } as const;
    // An id that was made just now may be in use by the time that the record is read.
    const isFresh = fresh && caller.inbox === undefined;
    return { kind: 'start', to: instanceId, event, fresh: isFresh, ...(onExisting && { onExisting }), caller };
  },
  raiseEvent({ instanceId, name, data }, caller) {
    checkValue(data, `the data of event '${name}'`);
    const event = { type: 'EventRaised', name, ...(data !== undefined && { input: data }) } as const;
    return { kind: 'deliver', to: instanceId, event, caller };
  },
  terminate({ instanceId, reason, recursive }, caller): DeliverMessage {
    const event = {
      type: 'ExecutionTerminated',
      ...(reason !== undefined && { reason }),
      ...(recursive && ({ recursive: true } as const)),
    } as const;
    return { kind: 'deliver', to: instanceId, event, caller };
  },
  suspend: (request, caller) => ({ kind: 'suspend', ...about(request), caller }),
  resume: (request, caller) => ({ kind: 'resume', ...about(request), caller }),
  rewind: (request, caller) => ({ kind: 'rewind', ...about(request), caller }),
  restart: ({ instanceId, newInstanceId }, caller) => ({ kind: 'restart', to: instanceId, newInstanceId, caller }),
  purge: ({ instanceId }, caller) => ({ kind: 'purge', to: instanceId, caller }),
  purgeBy: ({ filter }, caller) => ({ kind: 'purgeBy', to: '', filter, caller }),
  importInstance: ({ copies }, caller) => ({ kind: 'import', to: copies[0]?.instanceId ?? '', copies, caller }),
};

function about({ instanceId, reason }: RequestOf<'suspend'>): { to: string; reason?: string } {
  return { to: instanceId, ...(reason !== undefined && { reason }) };
}
