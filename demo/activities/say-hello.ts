import type { ActivityContext } from 'perdure';
import { pause } from './pause';

/** Greets a city. It takes its time, so that you can reload meanwhile. */
export async function sayHello(city: string, ctx: ActivityContext) {
  await pause(1_500, ctx.signal);
  return `Hello, ${city}!`;
}
