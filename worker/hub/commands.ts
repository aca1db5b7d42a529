/** Turns what a page asks for into messages. What comes in is checked here, whoever sent it. */
import { checkName, checkValue } from '../../src/core';
import type { HubMethod, RequestOf } from '../../src/protocol';
import type { Caller, Message } from './message';

/** The methods that change something. */
export type Command = { [K in CommandMethod]: { method: K; request: RequestOf<K> } }[CommandMethod];
export type CommandMethod = 'startNew' | 'raiseEvent' | 'terminate' | 'purge';

export function isCommand(call: { method: HubMethod }): call is Command {
  return call.method in messages;
}

/** @throws InvalidNameError, PayloadError */
export function messageOf(command: Command, caller: Caller): Message {
  return (messages[command.method] as (request: unknown, caller: Caller) => Message)(command.request, caller);
}

const messages: { [K in CommandMethod]: (request: RequestOf<K>, caller: Caller) => Message } = {
  startNew({ name, instanceId, input, fresh }, caller) {
    checkName(name, 'an orchestration name');
    checkName(instanceId, 'an instance id');
    checkValue(input, `the input of orchestration '${name}'`);
    const event = { type: 'ExecutionStarted', name, ...(input !== undefined && { input }) } as const;
    return { kind: 'start', to: instanceId, event, fresh, caller };
  },
  raiseEvent({ instanceId, name, data }, caller) {
    checkName(instanceId, 'an instance id');
    checkName(name, 'an event name');
    checkValue(data, `the data of event '${name}'`);
    const event = { type: 'EventRaised', name, ...(data !== undefined && { input: data }) } as const;
    return { kind: 'deliver', to: instanceId, event, caller };
  },
  terminate({ instanceId, reason }, caller) {
    checkName(instanceId, 'an instance id');
    const event = { type: 'ExecutionTerminated', ...(reason !== undefined && { reason: String(reason) }) } as const;
    return { kind: 'deliver', to: instanceId, event, caller };
  },
  purge({ instanceId }, caller) {
    checkName(instanceId, 'an instance id');
    return { kind: 'purge', to: instanceId, caller };
  },
};
