/** What the soak's orchestrations call. Each run of a step is told to the server before it gives its result. */
import type { ActivityContext } from 'perdure';
import { bytesOf, checksum, resultOf } from './values';

/** One run of a step. */
export interface Effect {
  nonce: string;
  step: number;
  instanceId: string;
  key: string;
}

let waiting: Effect[] = [];
let sending: Promise<void> | undefined;

/** Those that come while others are on their way go together, as commits do. */
async function tell(effect: Effect): Promise<void> {
  waiting.push(effect);
  if (sending) await sending;
  // Whoever comes first after the wait sends for all.
  sending ??= send().finally(() => {
    sending = undefined;
  });
  await sending;
}

async function send(): Promise<void> {
  const effects = waiting;
  waiting = [];
  const { ok } = await fetch('/effects', { method: 'POST', body: JSON.stringify(effects) });
  if (!ok) throw new Error('the effects were not taken');
}

export async function step({ nonce, step }: { nonce: string; step: number }, ctx: ActivityContext): Promise<number> {
  const { instanceId, idempotencyKey: key } = ctx;
  await tell({ nonce, step, instanceId, key });
  return resultOf(nonce, step);
}

/** Never succeeds. */
export async function refuse(nonce: string): Promise<void> {
  throw new Error(`refused ${nonce}`);
}

export async function digest(blob: Blob): Promise<number> {
  return checksum(new Uint8Array(await blob.arrayBuffer()));
}

export async function produce({ seed, bytes }: { seed: number; bytes: number }): Promise<Blob> {
  return new Blob([bytesOf(seed, bytes)], { type: 'application/x-soak' });
}
