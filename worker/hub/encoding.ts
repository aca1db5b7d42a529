/**
 * A batch's values go through the app's codec here, between its turns and its commit: nothing foreign may be awaited in
 * either. What is encoded already, since an earlier commit has carried it, stays as it is. They are decoded where they
 * are read, in `payloads.ts`.
 */
import { CodecError, type FailureDetails, type HistoryEvent, isEncoded, StorageError } from '../../src/core';
import type { Coding } from '../codec';
import type { Carried, ChangedFields, Heartbeat, LogEntry, LogRecord, Outcome, Parked } from '../store/records';
import type { PayloadWrite } from '../store/store';
import type { PackedPayload } from './payloads';

/** Values that go through the codec at a time: a fan-out has very many. */
const together = 256;

/** What stands in the place of a reason that is encoded. */
const encodedReason = '(encoded)';

/** Without a key nothing can be written, whoever it is for: as with a storage that fails, all of it waits. */
export class UnwritableError extends StorageError {
  constructor(override readonly cause: CodecError) {
    super(cause.message, { cause });
  }
}

export class Encoding {
  readonly #coding: Coding;

  constructor(coding: Coding) {
    this.#coding = coding;
  }

  /** The record as it is to be written. @throws UnwritableError */
  async record(record: LogRecord): Promise<LogRecord> {
    if (!this.#coding.isOn) return record;
    return whole(async () => {
      const entries = await inTurns(record.entries, (entry) => this.#entry(entry));
      const carry = await inTurns(record.carry, (carried) => this.#carried(carried));
      return { ...record, entries, carry };
    });
  }

  /** What became of commands of other tabs. @throws UnwritableError */
  async outcomes<C extends { outcome: Outcome }>(consumed: readonly C[]): Promise<readonly C[]> {
    if (!this.#coding.isOn) return consumed;
    const encoded = async (each: C): Promise<C> => {
      const { failure } = each.outcome;
      if (!failure) return each;
      return { ...each, outcome: { ...each.outcome, failure: await this.#coding.encodeFailure(failure) } };
    };
    return whole(() => inTurns(consumed, encoded));
  }

  /** Payloads as they are to be written. @throws PayloadError when one cannot be encoded @throws UnwritableError */
  async payloads(payloads: readonly PackedPayload[]): Promise<readonly PayloadWrite[]> {
    if (!this.#coding.isOn) return payloads;
    const written: PayloadWrite[] = [];
    // One after the other: each may be large.
    for (const { key, value, kind } of payloads) {
      written.push({ key, value: await whole(() => this.#coding.encodePayload(value, kind === 'binary')) });
    }
    return written;
  }

  async #entry(entry: LogEntry): Promise<LogEntry> {
    if (entry.kind === 'delete') return entry;
    const events = await inTurns(entry.events, (event) => this.#event(event));
    return { ...entry, events, fields: { ...(entry.fields && (await this.#fields(entry.fields))), isCoded: true } };
  }

  async #carried(carried: Carried): Promise<Carried> {
    if (carried.kind === 'rewind') return carried;
    if (carried.kind === 'deliver') return { ...carried, event: await this.#event(carried.event) };
    const event = await this.#event(carried.event);
    return carried.kept
      ? { ...carried, event, kept: await inTurns(carried.kept, (each) => this.#event(each)) }
      : { ...carried, event };
  }

  async #event<E extends HistoryEvent>(event: E): Promise<E> {
    const { input, result, failure } = event as { input?: unknown; result?: unknown; failure?: FailureDetails };
    if (input === undefined && result === undefined && !failure) return event;
    return {
      ...event,
      ...(input !== undefined && { input: await this.#value(input) }),
      ...(result !== undefined && { result: await this.#value(result) }),
      ...(failure && { failure: await this.#coding.encodeFailure(failure) }),
    };
  }

  async #fields(fields: ChangedFields): Promise<ChangedFields> {
    const { customStatus, heartbeats, parked } = fields;
    return {
      ...fields,
      ...(customStatus !== undefined && { customStatus: await this.#value(customStatus) }),
      ...(heartbeats && { heartbeats: await Promise.all(heartbeats.map((each) => this.#heartbeat(each))) }),
      ...(parked && { parked: await this.#parked(parked) }),
    };
  }

  async #heartbeat(heartbeat: Heartbeat): Promise<Heartbeat> {
    const { details } = heartbeat;
    return details === undefined ? heartbeat : { ...heartbeat, details: await this.#value(details) };
  }

  /** It can quote values: those in which a replay differs. That there is no key must be writable without one. */
  async #parked(parked: Parked): Promise<Parked> {
    if (parked.code === 'Codec') return parked;
    return { ...parked, reason: encodedReason, encoded: await this.#coding.encode(parked.reason) };
  }

  async #value(value: unknown): Promise<unknown> {
    return isEncoded(value) ? value : this.#coding.encode(value);
  }
}

async function whole<T>(encode: () => Promise<T>): Promise<T> {
  try {
    return await encode();
  } catch (error) {
    throw error instanceof CodecError ? new UnwritableError(error) : error;
  }
}

async function inTurns<T, R>(items: readonly T[], encode: (item: T) => Promise<R>): Promise<R[]> {
  const encoded: R[] = [];
  for (let at = 0; at < items.length; at += together) {
    for (const each of await Promise.all(items.slice(at, at + together).map(encode))) encoded.push(each);
  }
  return encoded;
}
