/**
 * Instances from JSON. Nothing in it is trusted: it may have been written by a newer perdure, mended by hand, or made to
 * do harm. So its size when unfolded is bounded, each value and event is checked, and the events must tell a story that
 * can have happened; only then does anything else see it.
 */
import { unflatten } from 'devalue';
import { InvalidExportError, PayloadError } from '../../core/errors';
import type { HistoryEvent } from '../../core/history';
import { checkValue, sizeOf } from '../../core/values';
import type { InstanceCopy } from '../../protocol';
import { type Envelope, formatName, formatVersion, revivers } from './format';
import { followHistory } from './order';
import { knownTypes, problemOf } from './shapes';

/** Few characters can stand for very much, since parts can be referred to again and again. Longer texts cannot be. */
const largestBytes = 512 * 2 ** 20;
/** Of arrays with holes, all together: the holes take no space, but time. */
const mostHoles = 10_000_000;

/**
 * @returns the instance, and after it the children that it waits for
 * @throws InvalidExportError when it is no exported instance, or not a whole one; it says what is wrong, and where
 */
export function readInstance(json: string): InstanceCopy[] {
  const unfolded = unfold(envelopeOf(json).instances);
  const copies = checkShapes(unfolded);
  checkSize(copies);
  checkStories(copies);
  return copies;
}

function envelopeOf(json: unknown): Envelope {
  if (typeof json !== 'string') throw new InvalidExportError('an exported instance is a string of JSON');
  const parsed = attempt('it is no JSON', () => JSON.parse(json) as unknown);
  const { format, version, instances } = (
    typeof parsed === 'object' && parsed !== null ? parsed : {}
  ) as Partial<Envelope>;
  if (format !== formatName)
    throw new InvalidExportError(`it is no exported instance: its format is not '${formatName}'`);
  if (!Number.isSafeInteger(version) || (version as number) < 1) throw new InvalidExportError('its version is none');
  if (version !== formatVersion) {
    throw new InvalidExportError(
      `a newer perdure wrote it: it is of version ${version}, and this one knows ${formatVersion}`,
    );
  }
  return { format, version: formatVersion, instances };
}

function unfold(flat: unknown): unknown {
  let holes = 0;
  const createSparseArray = (length: number): unknown[] => {
    holes += length;
    if (holes > mostHoles) throw new RangeError('its arrays have too many holes');
    return new Array(length);
  };
  if (!Array.isArray(flat)) throw new InvalidExportError('its instances are no list');
  const operations = { createSparseArray };
  const unfolded = attempt('it cannot be read', () => unflatten(flat, revivers, { operations }) as unknown);
  attempt('it cannot be read', () => checkValue(unfolded, 'it'));
  return unfolded;
}

function checkShapes(unfolded: unknown): InstanceCopy[] {
  const wrong = attempt('it cannot be read', () => newerEventOf(unfolded) ?? problemOf(unfolded));
  if (wrong) throw new InvalidExportError(`${wrong.path === '' ? 'it' : `instances.${wrong.path}`}: ${wrong.problem}`);
  return unfolded as InstanceCopy[];
}

/** An event of a kind that is not known yet: worth a word of its own. */
function newerEventOf(unfolded: unknown): { path: string; problem: string } | undefined {
  if (!Array.isArray(unfolded)) return undefined;
  for (const [i, copy] of unfolded.entries()) {
    const history: unknown = (copy as Partial<InstanceCopy> | undefined | null)?.history;
    if (!Array.isArray(history)) continue;
    const index = history.findIndex((event) => {
      const type: unknown = (event as Partial<HistoryEvent> | undefined | null)?.type;
      return typeof type === 'string' && !knownTypes.has(type);
    });
    if (index >= 0) {
      const { type } = history[index] as { type: string };
      return {
        path: `${i}.history.${index}`,
        problem: `a newer perdure wrote it: '${type.slice(0, 40)}' is not known here`,
      };
    }
  }
  return undefined;
}

function checkSize(copies: readonly InstanceCopy[]): void {
  let bytes = 0;
  for (const { history, customStatus } of copies) {
    bytes += sizeOf(customStatus);
    for (const event of history) {
      bytes += sizeOf(event);
      if (bytes > largestBytes) throw new InvalidExportError('it is too large when it is unfolded');
    }
  }
}

/** Each history for itself, and that each child is one that somebody waits for. */
function checkStories(copies: readonly InstanceCopy[]): void {
  const executions = new Set<number>();
  const open = new Map<string, { copy: InstanceCopy; tasks: ReadonlyMap<number, string> }>();
  for (const [i, copy] of copies.entries()) {
    const where = `instances.${i}`;
    if (executions.has(copy.execution)) throw new InvalidExportError(`${where} has the execution of another`);
    executions.add(copy.execution);
    if (open.has(copy.instanceId)) throw new InvalidExportError(`${where} has the id of another: '${copy.instanceId}'`);
    if (i > 0) {
      const parent = copy.parent && open.get(copy.parent.instanceId);
      const isAwaited = parent?.tasks.get(copy.parent?.taskId as number) === 'subOrchestration';
      if (!isAwaited || parent.copy.execution !== copy.parent?.execution) {
        throw new InvalidExportError(`${where} is a child that none of those before it waits for`);
      }
    }
    open.set(copy.instanceId, { copy, tasks: followHistory(copy.history, `${where}.history`) });
  }
}

function attempt<T>(problem: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // A stack that overflows says so in words that lead nowhere.
    const detail = error instanceof PayloadError || error instanceof Error ? error.message : String(error);
    throw new InvalidExportError(`${problem}: ${detail}`, { cause: error });
  }
}
