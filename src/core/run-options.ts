/** Checks how an activity is to be run, and gives it in the form that is recorded. */
import { type Duration, durationMs } from './duration';
import type { RunCondition, RunOptions } from './history';
import type { ActivityOptions } from './types/orchestration';

const conditions: readonly RunCondition[] = ['online', 'visible', 'idle'];

/**
 * Undefined if there is nothing to record.
 * @throws TypeError, RangeError when an option makes no sense
 */
export function runOptions(options: ActivityOptions): RunOptions | undefined {
  const { timeout, heartbeatTimeout, runWhen, priority, transfer } = options;
  const run: RunOptions = {};
  if (timeout !== undefined) run.timeout = milliseconds('timeout', timeout);
  if (heartbeatTimeout !== undefined) run.heartbeatTimeout = milliseconds('heartbeatTimeout', heartbeatTimeout);
  if (runWhen !== undefined) {
    if (!conditions.includes(runWhen)) {
      throw new TypeError(
        `runWhen must be ${conditions.map((each) => `'${each}'`).join(', ')}, not '${String(runWhen)}'`,
      );
    }
    run.runWhen = runWhen;
  }
  if (priority !== undefined) {
    if (!Number.isFinite(priority)) throw new TypeError(`priority must be a finite number, not ${String(priority)}`);
    if (priority !== 0) run.priority = priority;
  }
  if (transfer !== undefined && typeof transfer !== 'boolean') {
    throw new TypeError(`transfer must be true or false, not ${String(transfer)}`);
  }
  if (transfer) run.transfer = true;
  return Object.keys(run).length > 0 ? run : undefined;
}

function milliseconds(option: string, duration: Duration): number {
  let ms: number;
  try {
    ms = durationMs(duration);
  } catch (error) {
    throw new TypeError(`${option}: ${(error as Error).message}`);
  }
  if (ms === 0) throw new RangeError(`${option} must be longer than nothing`);
  return ms;
}
