/** Says why an instance that somebody waits for does not end. */
import type { Wait } from '../core';
import type { StatusRecord } from '../protocol';

/**
 * What `waitForCompletion` of a test hub rejects with when nothing runs, nothing is due, and the instance has not ended:
 * so it never will, unless the test does something.
 */
export class StuckError extends Error {
  override name = 'StuckError';
  constructor(
    message: string,
    readonly instanceId: string,
    /** What it waits for. */
    readonly waitsFor: readonly Wait[],
  ) {
    super(message);
  }
}

export type StatusOf = (instanceId: string) => Promise<StatusRecord | undefined>;

export async function stuckError(instanceId: string, statusOf: StatusOf): Promise<StuckError> {
  const status = await statusOf(instanceId);
  const why = await explain(instanceId, statusOf);
  return new StuckError(`nothing runs and nothing is due, but ${why}`, instanceId, status?.waitsFor ?? []);
}

/** Follows the sub-orchestrations that it waits for: where they stand is where it stands. */
async function explain(instanceId: string, statusOf: StatusOf): Promise<string> {
  const status = await statusOf(instanceId);
  if (!status) return `there is no instance '${instanceId}'`;
  const { name, parked, suspended, waitsFor } = status;
  const who = `'${instanceId}' (${name})`;
  if (parked) return `${who} is parked: ${parked.reason}`;
  if (suspended) return `${who} is suspended; resume it before you wait for it`;
  if (waitsFor.length === 0) return `${who} is ${status.runtimeStatus}`;
  const waits = await Promise.all(waitsFor.map((wait) => describe(wait, statusOf)));
  return `${who} waits for ${waits.join(' and ')}`;
}

async function describe(wait: Wait, statusOf: StatusOf): Promise<string> {
  switch (wait.kind) {
    case 'event':
      return `event '${wait.name}'`;
    case 'activity':
      return `activity '${wait.name}' (task ${wait.taskId}), which ${wait.waitsUntil ? `is not run until ${wait.waitsUntil}` : 'never answers'}`;
    case 'timer':
      return `a timer at ${wait.fireAt.toISOString()}`;
    case 'start':
      return `its start at ${wait.startAt.toISOString()}`;
    case 'subOrchestration':
      return `sub-orchestration '${wait.instanceId}', and ${await explain(wait.instanceId, statusOf)}`;
  }
}
