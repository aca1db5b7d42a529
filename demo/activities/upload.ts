import type { ActivityContext } from 'perdure';
import { type Network, partBytes, type Received } from '../server/protocol';
import { armKillSwitch } from './kill-switch';

export interface Upload {
  id: string;
  file: File;
  /** Where the server takes uploads. */
  server: string;
  network: Network;
}

/** Sends a file part by part, from the first that is not there yet. */
export async function uploadParts(
  { id, file, server, network }: Upload,
  ctx: ActivityContext<number>,
) {
  const disarm = armKillSwitch(ctx);
  try {
    const parts = Math.ceil(file.size / partBytes);
    let sent = ctx.lastHeartbeat ?? 0;
    ctx.log(`attempt ${ctx.attempt} begins with part ${sent}`);
    for (;;) {
      ctx.progress(sent / parts, `${sent} of ${parts} parts`);
      if (sent === parts) return parts;
      const start = sent * partBytes;
      await ask(`${server}${id}/parts/${sent}?network=${network}`, {
        method: 'PUT',
        headers: { 'idempotency-key': `${ctx.idempotencyKey}/${sent}` },
        body: file.slice(start, start + partBytes),
        signal: ctx.signal,
      });
      // Once this is stored, no attempt sends the part again.
      await ctx.heartbeat(sent + 1);
      ctx.log(`kept ${sent}`);
      sent++;
    }
  } finally {
    disarm();
  }
}

/** Has the server measure and hash what it has. */
export async function finishUpload(
  { id, server, parts }: { id: string; server: string; parts: number },
  ctx: ActivityContext,
) {
  const address = `${server}${id}/finish?parts=${parts}`;
  const answer = await ask(address, { method: 'POST', signal: ctx.signal });
  return answer as Received;
}

/** The code of an error that comes again, however often one asks. */
const hopeless = 'Hopeless';

async function ask(address: string, request: RequestInit) {
  const [{ ok, status, headers }, text] = await fetch(address, request)
    .then(async (answer) => [answer, await answer.text()] as const)
    .catch((cause) => {
      throw new Error('The connection failed.', { cause });
    });
  const isJson = headers.get('content-type') === 'application/json';
  if (ok && isJson) return JSON.parse(text) as unknown;
  const message = isJson
    ? JSON.parse(text).error
    : `Nobody takes uploads here (${status}). The server of npm start does.`;
  const code = status < 500 || status === 501 ? hopeless : 'Busy';
  throw Object.assign(new Error(message), { code });
}
