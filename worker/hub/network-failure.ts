/** Tells a failure of the network from others. Browsers give it no code, only a text. */
import type { FailureDetails } from '../../src/core';

/** `fetch` in Chromium, in Firefox, and in Safari. */
const texts =
  /failed to fetch|networkerror|network error|load failed|network connection was lost|appears to be offline/i;

/** Whether it comes of the network, by itself or by one of its causes. */
export function isNetworkFailure(failure: FailureDetails | undefined): boolean {
  if (!failure) return false;
  const { name, message, cause } = failure;
  return name === 'NetworkError' || (name === 'TypeError' && texts.test(message)) || isNetworkFailure(cause);
}
