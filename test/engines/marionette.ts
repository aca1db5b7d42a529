/** The WebDriver protocol as Firefox speaks it: JSON over a socket, each message after its length and a colon. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Send } from './webdriver';

type Response = [kind: 1, id: number, error: { error: string; message: string } | null, result: unknown];

/** Waits until the browser listens, and starts a session. */
export async function connectByMarionette(port: number): Promise<{ browserVersion: string; send: Send }> {
  const socket = await open(port);
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  readMessages(socket, (message) => {
    // What it says first is who it is.
    if (!Array.isArray(message)) return;
    const [, id, error, result] = message as Response;
    if (error) waiting.get(id)?.reject(new Error(`${error.error}: ${error.message}`));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });
  socket.on('error', () => {});
  socket.once('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The browser is gone.'));
    waiting.clear();
  });

  function request(name: string, parameters: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      const message = JSON.stringify([0, id, name, parameters]);
      socket.write(`${Buffer.byteLength(message)}:${message}`);
    });
  }

  const { capabilities } = (await request('WebDriver:NewSession', {})) as { capabilities: { browserVersion: string } };
  return {
    browserVersion: capabilities.browserVersion,
    async send(command, parameters) {
      const result = (await request(`WebDriver:${command}`, parameters)) as { value: unknown };
      return command.startsWith('Execute') ? result.value : result;
    },
  };
}

async function open(port: number): Promise<Socket> {
  for (;;) {
    const socket = createConnection(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      await pause(20);
    }
  }
}

function readMessages(socket: Socket, onMessage: (message: unknown) => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    for (;;) {
      const colon = received.indexOf(':');
      if (colon < 0) return;
      const end = colon + 1 + Number(received.subarray(0, colon));
      if (received.length < end) return;
      const message = received.subarray(colon + 1, end);
      received = received.subarray(end);
      onMessage(JSON.parse(message.toString()));
    }
  });
}
