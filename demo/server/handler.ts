/**
 * What the upload server does with a request:
 *
 * - `PUT <upload>/parts/<number>?network=slow` takes a part, with its `idempotency-key`
 * - `POST <upload>/finish?parts=<count>` gives the file's size and SHA-256
 * - `GET <upload>` tells which parts came when, and with which key
 *
 * All answers are JSON, so that a page can tell this server from one that only serves files.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { delaysMs, isNetwork, troubleWith } from './network';
import { mostParts, partBytes } from './protocol';
import { Refusal } from './refusal';
import type { Uploads } from './uploads';

const address = /^\/(?<id>[\da-f-]{36})(?:\/parts\/(?<part>\d{1,4})|(?<finish>\/finish))?$/;

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };

export async function handle(uploads: Uploads, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const answer = await answerTo(uploads, request);
    if (answer) send(response, 200, answer);
    else cut(response);
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    send(response, thrown instanceof Refusal ? thrown.status : 500, { error });
  }
}

/** Undefined if the connection is to be cut. */
async function answerTo(uploads: Uploads, request: IncomingMessage): Promise<object | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const { id, part, finish } = address.exec(pathname)?.groups ?? {};
  if (id === undefined) throw new Refusal(404, 'There is no such address.');
  switch (`${request.method} ${part !== undefined ? 'part' : finish ? 'finish' : 'status'}`) {
    case 'PUT part':
      return takePart(uploads, id, numberOf(part, mostParts - 1), searchParams.get('network') ?? 'good', request);
    case 'POST finish':
      return uploads.get(id).finish(numberOf(searchParams.get('parts'), mostParts));
    case 'GET status':
      return statusOf(uploads, id);
    default:
      throw new Refusal(405, 'That cannot be done here.');
  }
}

async function takePart(uploads: Uploads, id: string, part: number, network: string, request: IncomingMessage) {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '' || key.length > 300) throw new Refusal(400, 'A part needs a key.');
  if (!isNetwork(network)) throw new Refusal(400, `There is no network '${network}'.`);
  // A length that is told is kept to, so what is read is bounded.
  const bytes = numberOf(request.headers['content-length'], Infinity);
  if (bytes > partBytes) throw new Refusal(413, `A part has ${partBytes} bytes at most.`);

  const upload = uploads.get(id);
  const trouble = troubleWith(part, upload.announce(part, key), network);
  if (trouble === 'refused') throw new Refusal(503, 'The server is busy.');
  await upload.keep(part, key, await buffer(request));
  await pause(delaysMs[network]);
  return trouble ? undefined : { part };
}

function statusOf(uploads: Uploads, id: string) {
  const upload = uploads.find(id);
  if (!upload) throw new Refusal(404, 'There is no such upload.');
  return upload.status;
}

function numberOf(text: string | null | undefined, most: number): number {
  if (text == null || !/^\d{1,12}$/.test(text) || Number(text) > most) throw new Refusal(400, 'That is no number.');
  return Number(text);
}

/** In the middle of the answer: before it, a browser would send the request again without a word. */
function cut(response: ServerResponse): void {
  response.writeHead(200, headers);
  response.write('{', () => response.destroy());
}

function send(response: ServerResponse, status: number, answer: object): void {
  if (response.destroyed) return;
  response.writeHead(status, headers);
  response.end(JSON.stringify(answer));
}
