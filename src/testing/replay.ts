/**
 * Runs recorded histories against today's code: what a deploy would break is known before it is made.
 */
import { Registry, type RegistryOptions } from '../../worker/hub/registry';
import { hop } from '../../worker/platform';
import { childInstanceId, Execution, type ExecutionStarted, type HistoryEvent, replay as replayHistory } from '../core';
import { TurnGuard } from './turn-guard';

/** An instance with its history. What `getStatus(id, { showHistory: true })` gives is one. */
export interface RecordedInstance {
  readonly instanceId: string;
  /** The number of its execution, which an export has: ids and chance are drawn from it. */
  readonly execution?: number;
  readonly history?: readonly HistoryEvent[];
}

/**
 * What can be replayed: what `exportInstance` gave, an instance with its history, or a history alone. In a history alone
 * nothing says from which id GUIDs and chance were drawn.
 */
export type Recorded = string | RecordedInstance | readonly HistoryEvent[];

/** The other versions of the code, as `serve` takes them. */
export interface ReplayOptions {
  readonly version?: string;
  readonly versions?: Readonly<Record<string, object>>;
}

/** How the replay of one instance went. */
export interface Replayed {
  /** Which of the recorded ones it was in, from 0: an export holds the children that the instance waits for as well. */
  readonly index: number;
  /** Absent if it could not be read. */
  readonly instanceId?: string;
  readonly name?: string;
  readonly ok: boolean;
  readonly error?: Error;
}

/**
 * Replays a recorded instance. Resolves if the code decides all that is recorded.
 *
 * Rejects with a `NonDeterminismError` that says where the code disagrees, with an `UnknownOrchestrationError` if the
 * orchestration or its version is not there, with an `InvalidExportError` if it cannot be read, and with a
 * `NewerSchemaError` if a newer perdure wrote it.
 *
 * @example
 * await replay(orchestrations, await readFile('checkout-4711.json', 'utf8'));
 */
export async function replay(orchestrations: object, recorded: Recorded, options: ReplayOptions = {}): Promise<void> {
  const registry = registryOf(orchestrations, options);
  for (const instance of await instancesOf(recorded)) await replayInstance(registry, instance);
}

/**
 * Replays many, and tells how each went, so that a build shows what it would break before it is deployed.
 *
 * @example
 * const broken = (await replayAll(orchestrations, exports)).filter(({ ok }) => !ok);
 */
export async function replayAll(
  orchestrations: object,
  recorded: Iterable<Recorded>,
  options: ReplayOptions = {},
): Promise<Replayed[]> {
  const registry = registryOf(orchestrations, options);
  const report: Replayed[] = [];
  for (const [index, each] of [...recorded].entries()) {
    try {
      for (const instance of await instancesOf(each)) report.push({ index, ...(await tryReplay(registry, instance)) });
    } catch (error) {
      report.push({ index, ok: false, error: error as Error });
    }
  }
  return report;
}

async function tryReplay(registry: Registry, instance: RecordedInstance): Promise<Omit<Replayed, 'index'>> {
  const { instanceId, history = [] } = instance;
  const name = startOf(history)?.name;
  const which = { instanceId, ...(name !== undefined && { name }) };
  try {
    await replayInstance(registry, instance);
    return { ...which, ok: true };
  } catch (error) {
    return { ...which, ok: false, error: error as Error };
  }
}

function registryOf(orchestrations: object, options: ReplayOptions): Registry {
  return new Registry({ orchestrations, ...options } as RegistryOptions);
}

async function instancesOf(recorded: Recorded): Promise<readonly RecordedInstance[]> {
  if (typeof recorded === 'string') {
    const { readInstance } = await import('../client/portable');
    return readInstance(recorded);
  }
  return 'instanceId' in recorded ? [recorded] : [{ instanceId: 'replayed', history: recorded }];
}

/** @throws NonDeterminismError, UnknownOrchestrationError, NewerSchemaError */
export async function replayInstance(registry: Registry, instance: RecordedInstance): Promise<void> {
  const { instanceId, history = [], execution = executionOf(instanceId, history) } = instance;
  const started = startOf(history);
  if (!started) throw new TypeError(`the history of '${instanceId}' has no start: get it with showHistory`);
  const { name, version } = started;
  const orchestrator = registry.find(name, version);
  if (!orchestrator) throw registry.unknown(name, version);
  const guard = new TurnGuard();
  const run = new Execution(instanceId, execution, orchestrator, {
    hop: guard.hop,
    log: () => {},
    originOf: () => undefined,
    identify: (each, callersVersion) => registry.identify(each, callersVersion),
    enter: guard.enter,
    leave: guard.leave,
  });
  // A task of its own, so that no other code of this thread runs within its turns.
  await hop();
  await replayHistory(run, history);
}

function startOf(history: readonly HistoryEvent[]): ExecutionStarted | undefined {
  return history.find((event) => event.type === 'ExecutionStarted');
}

/** The ids of its children tell the number of the execution that made them. */
function executionOf(instanceId: string, history: readonly HistoryEvent[]): number {
  for (const event of history) {
    if (event.type !== 'SubOrchestrationInstanceCreated') continue;
    const own = /([0-9a-z]+)-\d+$/.exec(event.instanceId)?.[1];
    const execution = Number.parseInt(own ?? '', 36);
    if (childInstanceId(instanceId, execution, event.taskId) === event.instanceId) return execution;
  }
  return 0;
}
