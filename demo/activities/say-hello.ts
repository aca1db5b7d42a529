import type { ActivityContext } from 'perdure';
import { pause } from './pause';

/** Greets a city. It takes its time, so that you can reload the page in between. */
export async function sayHello(city: string, { signal }: ActivityContext): Promise<string> {
  await pause(1_500, signal);
  return `Hello, ${city}!`;
}
