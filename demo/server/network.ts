/** The network as the page asks for it: slow, or with failures that are the same every time. */
import type { Network } from './protocol';

/** How long a part takes more than it must, in milliseconds. */
export const delaysMs: Readonly<Record<Network, number>> = { good: 0, slow: 200, 'very slow': 1_000, failing: 200 };

/**
 * What happens to a part. Refused, it has not been taken. Cut off, it has, but whoever sent it cannot know: so it comes
 * again, and its key tells that it is the same.
 *
 * @param times how often it has come by now
 */
export function troubleWith(part: number, times: number, network: Network): 'refused' | 'cut off' | undefined {
  if (network !== 'failing' || times > 1) return undefined;
  if (part % 8 === 3) return 'refused';
  return part % 8 === 6 ? 'cut off' : undefined;
}

export function isNetwork(name: string): name is Network {
  return Object.hasOwn(delaysMs, name);
}
