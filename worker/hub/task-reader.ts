/**
 * Reads what an activity is run with, as late as can be: large and binary values lie in the storage until a worker has
 * room for the task, so that those that wait take no memory.
 */
import { isEncoded, isPayloadRef, isPrimitive, mapValue, StorageError } from '../../src/core';
import type { ActivityTask, TaskValues } from '../pool';
import { type Source, Unpacking } from './payloads';
import { isFinal } from './refusal';
import type { TimerClock } from './timers';

const firstPauseMs = 50;
const longestPauseMs = 5_000;

export class TaskReader {
  readonly #source: Source;
  readonly #clock: TimerClock;
  #isStopped = false;

  constructor(source: Source, clock: TimerClock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Puts in the place of values that lie elsewhere how to read them. */
  prepare(task: ActivityTask): void {
    const { input, lastHeartbeat } = task;
    if (task.read || (isWhole(input) && isWhole(lastHeartbeat))) return;
    delete task.input;
    delete task.lastHeartbeat;
    task.read = () => this.#read(input, lastHeartbeat);
  }

  /** A storage that fails now is asked again: the task waits that long. @throws PayloadError, CodecError */
  async #read(input: unknown, lastHeartbeat: unknown): Promise<TaskValues> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        const [read, beat] = await new Unpacking(this.#source).values([input, lastHeartbeat]);
        return { input: read, lastHeartbeat: beat };
      } catch (error) {
        if (!(error instanceof StorageError) || isFinal(error) || this.#isStopped) throw error;
        await new Promise<void>((resolve) => this.#clock.setTimer(resolve, pauseMs));
      }
    }
  }

  stop(): void {
    this.#isStopped = true;
  }
}

/** Whether nothing of it lies elsewhere. */
function isWhole(packed: unknown): boolean {
  if (isPrimitive(packed)) return true;
  if (isPayloadRef(packed) || isEncoded(packed)) return false;
  let whole = true;
  const found = (value: unknown) => {
    whole = false;
    return value;
  };
  mapValue(packed, 'a stored value', { reference: found, encoded: found });
  return whole;
}
