/**
 * Numbers and times as the status view writes them: short, in a fixed form, in the local time zone. Whoever compares an
 * instance with a log wants the same digits in every locale.
 */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const two = (n: number) => String(n).padStart(2, '0');

/** `2026-01-31` */
function formatDay(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `10:31:02` */
export function formatClock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `2026-01-31 10:31:02.123` */
export function formatExact(date: Date): string {
  return `${formatDay(date)} ${formatClock(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `2026-01-31T10:31`, as a field for a date and a time takes it. */
export function formatForInput(date: Date): string {
  return `${formatDay(date).padStart(10, '0')}T${formatClock(date).slice(0, 5)}`;
}

/** The clock alone if it is today. */
export function formatMoment(date: Date, now: number): string {
  const today = formatDay(date) === formatDay(new Date(now));
  return today ? formatClock(date) : `${formatDay(date)} ${formatClock(date)}`;
}

/** A span in its largest unit: `12 s`, `3 min`, `2 h`, `40 d`. */
export function formatSpan(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) return `${Math.floor(ms / hour)} h`;
  return `${formatCount(Math.floor(ms / day))} d`;
}

/** A span in its two largest units: `85 ms`, `1.2 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < second) return `${ms} ms`;
  if (ms < 10 * second && ms % second !== 0) return `${(ms / second).toFixed(1)} s`;
  for (const [unit, below] of [
    [day, hour],
    [hour, minute],
    [minute, second],
  ] as const) {
    if (ms < unit) continue;
    const rest = ms % unit;
    return rest < below ? formatSpan(ms) : `${formatSpan(ms)} ${formatSpan(rest)}`;
  }
  return formatSpan(ms);
}

/** `now`, `12 s ago`. */
export function formatAgo(date: Date, now: number): string {
  const age = now - date.getTime();
  return age < second ? 'now' : `${formatSpan(age)} ago`;
}

/** `12,345` */
export function formatCount(n: number): string {
  // The first use of a locale takes as long as drawing half a page.
  return n < 1_000 ? String(n) : n.toLocaleString('en-US');
}

/** `120 kB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  let size = bytes;
  for (const unit of ['kB', 'MB', 'GB']) {
    size /= 1_000;
    // What would round up to four digits is the next unit's.
    if (size < 999.5) return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${unit}`;
  }
  return `${formatCount(Math.round(size))} GB`;
}
