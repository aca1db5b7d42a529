/** Calls over HTTP, as far as they need no server; polling is for the tests of the testing kit and of the browser. */
import { describe, expect, it } from 'vitest';
import type { HttpInput } from './functions/http';
import { given, type OpenHub, type Style } from './hub';

/** No browser connects to this port, nor does Node. */
const nowhere = 'http://127.0.0.1:9/';

export function httpContract(open: OpenHub, style: Style): void {
  const hub = given(open, style);
  const get = { method: 'GET', url: 'data:text/plain;charset=utf-8,hello%20h%C3%A9' };
  const answer = {
    statusCode: 200,
    content: 'hello hé',
    headers: expect.objectContaining({ 'content-type': 'text/plain;charset=utf-8' }),
  };
  const run = (input: HttpInput) => hub.run('callsHttp', input);

  describe('a call over HTTP', () => {
    it('gives what the server answers, and is recorded as an activity', async () => {
      const { output, instanceId } = await run({ request: get });
      expect(output).toEqual(answer);
      const [scheduled, ...more] = await hub.events(instanceId, 'TaskScheduled');
      expect(scheduled).toEqual({ type: 'TaskScheduled', taskId: 0, name: 'perdure:http', input: get });
      expect(more).toEqual([]);
    });

    it('is not made again after a reload', async () => {
      const id = await hub.start('callsHttp', { request: get, waits: true });
      await hub.waitingFor(id, 'go');
      await hub.reload();
      await hub.client.raiseEvent(id, 'go');
      expect(await hub.output(id)).toEqual(answer);
      expect(await hub.events(id, 'TaskScheduled')).toHaveLength(1);
    });

    it('fails with what was asked for if there is no answer', async () => {
      const { output } = await run({ request: { ...get, url: nowhere } });
      expect(output).toMatchObject({ name: 'TaskFailedError', taskName: 'perdure:http' });
      expect((output as Error).message).toMatch(/^perdure:http failed: GET http:\/\/127\.0\.0\.1:9\/: /);
    });

    it('is tried again, and takes the options of an activity', async () => {
      const options = { retry: { maxAttempts: 3, firstRetryInterval: 1 }, timeout: '1m' } as const;
      const { output, instanceId } = await run({ request: { ...get, url: nowhere }, options });
      expect(output).toMatchObject({ name: 'TaskFailedError' });
      expect(await hub.events(instanceId, 'TaskScheduled')).toMatchObject([
        { taskId: 0, run: { timeout: 60_000 } },
        { attempt: 2, retryOf: 0, run: { timeout: 60_000 } },
        { attempt: 3, retryOf: 0, run: { timeout: 60_000 } },
      ]);
    });

    it('is refused at once if it makes no sense', async () => {
      const { output, instanceId } = await run({ request: { ...get, headers: { n: 1 as never } } });
      expect(output).toMatchObject({ name: 'TypeError', message: expect.stringContaining("the header 'n'") });
      expect(await hub.events(instanceId, 'TaskScheduled')).toEqual([]);
    });
  });
}
