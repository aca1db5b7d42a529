import { killChannel, type Victim } from '../activities/kill-switch';

/** Kills the worker that runs an activity, in whichever tab it is. */
export function killWorkerOf(victim: Victim): void {
  const channel = new BroadcastChannel(killChannel);
  channel.postMessage(victim);
  channel.close();
}
