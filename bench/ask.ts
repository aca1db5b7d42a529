/** Asks a worker that listens on a channel for what it has counted or timed. */
export function ask<Answer>(name: string): Promise<Answer> {
  const channel = new BroadcastChannel(name);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<Answer>) => {
      channel.close();
      resolve(data);
    };
    channel.postMessage(null);
  });
}
