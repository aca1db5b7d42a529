/** Within a turn it is one moment, the turn's, however often and in whatever way an orchestrator asks for the time. */
import { current } from './guard';
import { put, replace, replaceGetter } from './replace';

/** The part of the Temporal proposal that asks for the time; the compiler's types do not know it yet. */
interface TemporalApi {
  readonly Instant: { fromEpochMilliseconds(ms: number): Instant };
  readonly Now: { timeZoneId(): string };
}
interface Instant {
  toZonedDateTimeISO(zone: unknown): ZonedDateTime;
}
interface ZonedDateTime {
  toPlainDateTime(): unknown;
  toPlainDate(): unknown;
  toPlainTime(): unknown;
}

export function guardTime(): void {
  guardDate();
  const { performance } = globalThis;
  replace(performance, 'now', ({ now, startedAt }) => now - startedAt);
  replaceGetter(performance, 'timeOrigin', (original) => (current ? current.startedAt : original()));
  guardTemporal();
  guardDateFormat();
}

/** No proxy: whoever copies values asks of each whether it is a `Date`, and of a proxy that takes 15 times as long. */
function guardDate(): void {
  const Original = Date;
  function GuardedDate(...args: unknown[]): unknown {
    if (!new.target) return current ? new Original(current.now).toString() : Original();
    const given: readonly unknown[] = current && args.length === 0 ? [current.now] : args;
    return new.target === GuardedDate
      ? new Original(...(given as [number]))
      : Reflect.construct(Original, given, new.target);
  }
  Object.defineProperties(GuardedDate, Object.getOwnPropertyDescriptors(Original));
  put(Original.prototype, 'constructor', GuardedDate);
  put(globalThis, 'Date', GuardedDate);
  replace(GuardedDate, 'now', (turn) => turn.now);
}

function guardTemporal(): void {
  const { Temporal } = globalThis as { Temporal?: TemporalApi };
  if (!Temporal) return;
  const { Instant, Now } = Temporal;
  const inZone = (ms: number, zone: unknown = Now.timeZoneId()) =>
    Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  replace(Now, 'instant', ({ now }) => Instant.fromEpochMilliseconds(now));
  replace(Now, 'zonedDateTimeISO', ({ now }, [zone]) => inZone(now, zone));
  replace(Now, 'plainDateTimeISO', ({ now }, [zone]) => inZone(now, zone).toPlainDateTime());
  replace(Now, 'plainDateISO', ({ now }, [zone]) => inZone(now, zone).toPlainDate());
  replace(Now, 'plainTimeISO', ({ now }, [zone]) => inZone(now, zone).toPlainTime());
}

type Format = (date?: unknown) => unknown;

/** A date format that is given no date takes the present one. */
function guardDateFormat(): void {
  const { prototype } = Intl.DateTimeFormat;
  replace(prototype, 'formatToParts', ({ now }, [date = now], original) => original([date]));
  // `format` is a getter, and gives the same bound function each time.
  const wrappers = new WeakMap<Format, Format>();
  replaceGetter(prototype, 'format', (original) => {
    const format = original() as Format;
    let wrapper = wrappers.get(format);
    if (!wrapper) {
      wrapper = (date = current?.now) => format(date);
      wrappers.set(format, wrapper);
    }
    return wrapper;
  });
}
