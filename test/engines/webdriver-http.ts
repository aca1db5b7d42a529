/** The WebDriver protocol as its specification has it: over HTTP. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Command, Send } from './webdriver';

const routes: Record<Command, readonly [method: string, path: string]> = {
  NewWindow: ['POST', '/window/new'],
  SwitchToWindow: ['POST', '/window'],
  CloseWindow: ['DELETE', '/window'],
  Navigate: ['POST', '/url'],
  Refresh: ['POST', '/refresh'],
  ExecuteScript: ['POST', '/execute/sync'],
  ExecuteAsyncScript: ['POST', '/execute/async'],
  DeleteSession: ['DELETE', ''],
};

/** Waits until the driver listens, and starts a session. */
export async function connectByHttp(
  driver: string,
  capabilities: object,
): Promise<{ browserVersion: string; send: Send }> {
  while (!(await isReady(driver))) await pause(10);
  const created = (await request(`${driver}/session`, 'POST', { capabilities: { alwaysMatch: capabilities } })) as {
    sessionId: string;
    capabilities: { browserVersion: string };
  };
  const session = `${driver}/session/${created.sessionId}`;
  return {
    browserVersion: created.capabilities.browserVersion,
    send(command, parameters) {
      const [method, path] = routes[command];
      return request(`${session}${path}`, method, method === 'POST' ? parameters : undefined);
    },
  };
}

async function isReady(driver: string): Promise<boolean> {
  try {
    await request(`${driver}/status`, 'GET');
    return true;
  } catch {
    return false;
  }
}

async function request(url: string, method: string, body?: object): Promise<unknown> {
  const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await answer.json()) as { value: { error?: string; message?: string } };
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
