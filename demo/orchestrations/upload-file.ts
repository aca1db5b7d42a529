import type { OrchestrationContext, RetryOptions } from 'perdure';
import type * as activities from '../activities';
import type { Network } from '../server/protocol';

export interface NewUpload {
  file: File;
  server: string;
  network: Network;
}

type Context = OrchestrationContext<typeof activities>;

const retry: RetryOptions = {
  maxAttempts: Infinity,
  retryTimeout: '7d',
  firstRetryInterval: '500ms',
  backoffCoefficient: 2,
  maxRetryInterval: '2s',
  retryIf: ({ failure }) => failure.code !== 'Hopeless',
};

/** Sends a file, however long that takes, and proves that it came. */
export async function uploadFile(ctx: Context, input: NewUpload) {
  const { file, server } = input;
  const id = ctx.newGuid();
  const [sha256, parts] = await ctx.all([
    ctx.callActivity('hashFile', file, { retry }),
    ctx.callActivity(
      'uploadParts',
      { ...input, id },
      { retry, runWhen: 'online', heartbeatTimeout: '1m' },
    ),
  ]);
  const received = await ctx.callActivity(
    'finishUpload',
    { id, server, parts },
    { retry, runWhen: 'online' },
  );
  return { id, sha256, parts, received };
}
