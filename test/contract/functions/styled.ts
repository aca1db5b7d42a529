/** Orchestrations in both styles from one description. The async form of `chain` is registered as `chainAsync`. */
import type { Duration, OrchestrationScope, Steps, Task } from '../../../src';
import { asAsync, asSteps, type Context, type StepsOf } from '../../support/styles';

type Orchestrator = (ctx: Context, input: never) => unknown;

export interface Style {
  /** The orchestration of this name and style, as it is registered: one that is described along, or else elsewhere. */
  own(name: string): (ctx: Context, input: unknown) => unknown;
  /** A scope whose body is in this style. */
  scope(
    ctx: Context,
    body: (scope: OrchestrationScope) => Steps<unknown>,
    options?: { timeout: Duration },
  ): Task<unknown>;
}

/** All that are described anywhere. */
const known: Record<string, Orchestrator> = {};

export function inBothStyles(
  describe: (style: Style) => Record<string, StepsOf<never>>,
): Readonly<Record<string, Orchestrator>> {
  return { ...inStyle(describe, asSteps, ''), ...inStyle(describe, asAsync, 'Async') };
}

function inStyle(
  describe: (style: Style) => Record<string, StepsOf<never>>,
  write: (steps: StepsOf<never>) => Orchestrator,
  suffix: string,
): Record<string, Orchestrator> {
  const written: Record<string, Orchestrator> = {};
  const steps = describe({
    own: (name) => (written[`${name}${suffix}`] ?? known[`${name}${suffix}`]) as never,
    scope: (ctx, body, options) =>
      ctx.scope((scope) => write(() => body(scope))(ctx, undefined as never) as Promise<unknown>, options),
  });
  for (const [name, each] of Object.entries(steps)) written[`${name}${suffix}`] = write(each);
  Object.assign(known, written);
  return written;
}
