/**
 * What the upload server does with a request, always answered in JSON:
 *
 * - `PUT <upload>/parts/<number>?network=slow` takes a part
 * - `POST <upload>/finish?parts=<count>` gives size and SHA-256 of the file
 * - `GET <upload>` tells which parts came when, with which key
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { mostParts, type Network } from './protocol';
import { Refusal } from './refusal';
import type { Uploads } from './uploads';

const delaysMs: Readonly<Record<Network, number>> = { good: 0, slow: 250, 'very slow': 1_000, failing: 150 };

/** Answers a request whose address begins after `uploads`. */
export async function handle(uploads: Uploads, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const answer = await answerTo(uploads, request);
    if (answer === undefined) request.destroy();
    else send(response, 200, answer);
  } catch (thrown) {
    // Whoever sent it has gone.
    if (request.destroyed && !request.complete) return;
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    send(response, thrown instanceof Refusal ? thrown.status : 500, { error });
    // What is not wanted is not read, so the connection is of no more use.
    if (!request.complete) request.destroy();
  }
}

/** Undefined where the connection is to be cut. */
async function answerTo(uploads: Uploads, request: IncomingMessage): Promise<object | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://uploads');
  const { id, part, finish } = /^\/(?<id>[\da-f-]{36})(?:\/parts\/(?<part>\d{1,4})|(?<finish>\/finish))?$/.exec(pathname)?.groups ?? {};
  if (id === undefined) throw new Refusal(404, 'There is no such address.');
  if (part !== undefined && request.method === 'PUT') {
    return takePart(uploads, id, numberFrom(part, mostParts - 1), searchParams.get('network'), request);
  }
  if (finish && request.method === 'POST') {
    return uploads.get(id).finish(numberFrom(searchParams.get('parts'), mostParts));
  }
  if (part !== undefined || finish || request.method !== 'GET') throw new Refusal(405, 'That cannot be done here.');
  const upload = uploads.find(id);
  if (!upload) throw new Refusal(404, 'There is no such upload.');
  return upload.status;
}
