/** The client's methods as the gallery uses them: each call is also shown in the panel of calls. */
import { noteCall } from './calls';
import { client } from './client';
import { sourceOf } from './source-of';

type Client = typeof client;

export const startNew: Client['startNew'] = (name, ...options) => {
  note('startNew', name, ...options);
  return client.startNew(name, ...options);
};

export const raiseEvent: Client['raiseEvent'] = (id, name, ...data) => {
  note('raiseEvent', id, name, ...data);
  return client.raiseEvent(id, name, ...data);
};

export const terminate: Client['terminate'] = (id, ...reason) => {
  note('terminate', id, ...reason);
  return client.terminate(id, ...reason);
};

export const suspend: Client['suspend'] = (id, ...reason) => {
  note('suspend', id, ...reason);
  return client.suspend(id, ...reason);
};

export const resume: Client['resume'] = (id, ...reason) => {
  note('resume', id, ...reason);
  return client.resume(id, ...reason);
};

function note(method: string, ...args: unknown[]): void {
  noteCall(`client.${method}(${args.map(sourceOf).join(', ')})`);
}
