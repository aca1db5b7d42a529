/** Calls over HTTP from a real activity worker to a real server, which takes its time. */
import { expect, it } from 'vitest';
import { Client } from '../../src/client/client';
import type { AnyClient } from '../contract/hub';
import { contractWorker, newHubName } from './fixtures/hubs';
import type { Asked } from './fixtures/job-server.mjs';

/** What `connect` gives, without the second that it lingers. */
function openClient(taskHub = newHubName()): AnyClient {
  const client: Client = new Client({ taskHub, worker: contractWorker }, () => client.end());
  return client as unknown as AnyClient;
}
const newJob = () => `/jobs/${crypto.randomUUID()}`;
const stateOf = async (job: string) =>
  (await fetch(`${job}?state`)).json() as Promise<{ asked: number; isLeft: boolean }>;

it.each(['callsHttp', 'callsHttpAsync'])('%s polls a server until its job is done, over a reload', async (name) => {
  const taskHub = newHubName();
  const job = newJob();
  const headers = { authorization: 'Bearer 7' };
  const request = { method: 'POST', url: `${job}?accepts=2`, body: { a: 1 }, headers };
  let client = openClient(taskHub);
  const id = await client.startNew(name, { input: { request } });
  await expect.poll(async () => (await client.getStatus(id)).waitsFor).toMatchObject([{ kind: 'timer' }]);
  await client.close();
  client = openClient(taskHub);
  const { output, createdTime, lastUpdatedTime } = await client.waitForCompletion(id);
  const { statusCode, content, headers: answered } = output as { [key: string]: unknown; content: string };
  expect([statusCode, answered]).toEqual([200, expect.objectContaining({ 'content-type': 'application/json' })]);
  const path = job.slice('/jobs'.length);
  expect(JSON.parse(content) as Asked[]).toEqual([
    { method: 'POST', url: `${path}?accepts=2`, body: '{"a":1}', type: 'application/json', token: 'Bearer 7' },
    { method: 'GET', url: path, body: '', token: 'Bearer 7' },
    { method: 'GET', url: path, body: '', token: 'Bearer 7' },
  ]);
  expect(lastUpdatedTime.getTime() - createdTime.getTime()).toBeGreaterThanOrEqual(2_000);
  const polled = (await client.getHistory(id)).flatMap((each) => (each.type === 'TaskScheduled' ? [each.input] : []));
  expect(polled[1]).toEqual({ method: 'GET', url: `${location.origin}${job}`, headers });
  await client.close();
});

it('gives the first answer if it is not to poll', async () => {
  const client = openClient();
  const request = { method: 'GET', url: `${newJob()}?accepts=1`, enablePolling: false };
  const { output } = await client.waitForCompletion(await client.startNew('callsHttp', { input: { request } }));
  expect(output).toMatchObject({ statusCode: 202, content: 'not yet', headers: { 'retry-after': '1' } });
  await client.close();
});

it.each(['its time is over', 'its instance is terminated'])('hangs up when %s', async (why) => {
  const client = openClient();
  const job = newJob();
  const options = why === 'its time is over' ? { timeout: 500 } : {};
  const input = { request: { method: 'GET', url: `${job}?silent` }, options };
  const id = await client.startNew('callsHttp', { input });
  await expect.poll(async () => (await stateOf(job)).asked).toBe(1);
  if (why === 'its time is over') {
    expect((await client.waitForCompletion(id)).output).toMatchObject({ name: 'TaskFailedError' });
  } else {
    await client.terminate(id);
  }
  await expect.poll(async () => (await stateOf(job)).isLeft).toBe(true);
  await client.close();
});
