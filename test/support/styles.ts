/**
 * The two styles of orchestrators from one description: it is written as a generator, and the async form awaits what
 * the generator yields. So both run through the whole engine, the one as a fiber, the other through promises.
 */
import type { OrchestrationContext, Steps } from '../../src';

export type Context = OrchestrationContext;
export type StepsOf<I = never> = (ctx: Context, input: I) => Steps<unknown>;

export const asSteps = <I>(steps: StepsOf<I>): StepsOf<I> => steps;

export function asAsync<I>(steps: StepsOf<I>): (ctx: Context, input: I) => Promise<unknown> {
  return async (ctx, input) => {
    const running = steps(ctx, input);
    let step = running.next();
    while (!step.done) {
      let result: unknown;
      try {
        result = await step.value;
      } catch (error) {
        step = running.throw(error);
        continue;
      }
      step = running.next(result);
    }
    return step.value;
  };
}

/** For `describe.each(styles)('…, in %s', (_, write) => …)`. */
export const styles = [
  ['a generator', asSteps],
  ['an async function', asAsync],
] as const;
