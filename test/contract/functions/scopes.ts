/** A trip that is booked as a whole or not at all. Bookings are undone by an activity that the history shows. */
import type { OrchestrationScope, Steps } from '../../../src';
import type { Context } from '../../support/styles';
import { inBothStyles } from './styled';

export interface Trip {
  /** What is booked, in order; of the last ones it may be that they cannot. */
  book: string[];
  /** How it ends after the bookings. */
  ends?: 'fail' | 'wait' | 'continueAsNew';
  timeout?: number;
  /** What cannot be undone. */
  stuck?: string;
  /** The attempt in which the undoing of what is stuck succeeds. */
  undoneInAttempt?: number;
}

/** A failure with what is behind it. */
const described = (error: unknown): unknown => {
  if (!(error instanceof Error)) return undefined;
  const { name, message, cause } = error;
  const { failures } = error as { failures?: readonly Error[] };
  return {
    name,
    message,
    ...(cause !== undefined && { cause: described(cause) }),
    ...(failures && { failures: failures.map(({ message }) => message) }),
  };
};

export const scopes = inBothStyles(({ scope }) => {
  function* book(part: OrchestrationScope, { book, stuck, undoneInAttempt }: Trip): Steps<void> {
    for (const what of book) {
      yield* part.callActivity('echo', `book ${what}`);
      if (what !== stuck) part.addCompensation('echo', `undo ${what}`);
      else if (undoneInAttempt === undefined) part.addCompensation('fail', `${what} is stuck`);
      else part.addCompensation('failBefore', undoneInAttempt, { retry: { maxAttempts: 5, firstRetryInterval: 1 } });
    }
  }

  return {
    *travels(ctx: Context, trip: Trip): Steps<unknown> {
      try {
        return yield* scope(
          ctx,
          function* (part) {
            yield* book(part, trip);
            if (trip.ends === 'fail') yield* part.callActivity('fail', 'no car');
            if (trip.ends === 'wait') yield* part.waitForExternalEvent('go');
            if (trip.ends === 'continueAsNew') part.continueAsNew({ book: [] });
            return 'booked';
          },
          trip.timeout === undefined ? undefined : { timeout: trip.timeout },
        );
      } catch (error) {
        return described(error);
      }
    },

    /** The inner scope succeeds, and the outer one fails. */
    *travelsInParts(ctx: Context, trip: Trip): Steps<unknown> {
      try {
        return yield* scope(ctx, function* (outer) {
          yield* book(outer, { book: ['flight'] });
          yield* scope(outer, (inner) => book(inner, trip));
          yield* outer.callActivity('fail', 'no car');
        });
      } catch (error) {
        return described(error);
      }
    },

    /** The whole trip is given up while it is being booked. */
    *callsOff(ctx: Context, trip: Trip): Steps<unknown> {
      const said: unknown[] = [];
      let part: OrchestrationScope | undefined;
      const whole = scope(ctx, function* (given) {
        part = given;
        yield* book(given, trip);
        yield* given.waitForExternalEvent('never');
      });
      yield* ctx.waitForExternalEvent('go');
      whole.cancel('changed our mind');
      try {
        yield* whole;
      } catch (error) {
        said.push((error as Error).message);
      }
      try {
        part?.callActivity('echo');
      } catch (error) {
        said.push((error as Error & { code: string }).code);
      }
      return said;
    },

    /** Is on its way until it is terminated. */
    *travelsOn(ctx: Context, trip: Trip): Steps<unknown> {
      return yield* scope(ctx, function* (part) {
        yield* book(part, trip);
        yield* part.callActivity('forever');
      });
    },
  };
});
