import type { ActivityContext } from 'perdure';

export const killChannel = 'perdure-demo/kill';

/** Whose worker is to die. */
export type Victim = Pick<ActivityContext, 'instanceId' | 'taskId'>;

/**
 * For the page to show what becomes of an activity whose worker dies: it
 * ends this one when it is told to. Gives what disarms it.
 */
export function armKillSwitch({ instanceId, taskId }: Victim) {
  const channel = new BroadcastChannel(killChannel);
  channel.onmessage = ({ data }: MessageEvent<Victim>) => {
    if (data.instanceId === instanceId && data.taskId === taskId) close();
  };
  return () => channel.close();
}
