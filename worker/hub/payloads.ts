/**
 * Takes large and binary values out of what goes into the log, and puts them back before an orchestrator or an activity
 * sees it. In between, a reference stands for each, and the value lies once in the store's payloads.
 */
import {
  describeBinary,
  type EncodedValue,
  type FailureDetails,
  type HistoryEvent,
  isPrimitive,
  mapValue,
  PayloadError,
  type PayloadRef,
  payloadKey,
  sizeOf,
} from '../../src/core';
import type { Coding } from '../codec';
import type { PayloadKey } from '../store/records';
import type { PayloadWrite, Store } from '../store/store';

/** A plain value above this size becomes a payload: in the log it would be written, read and cloned again and again. */
const largeBytes = 32_768;

/** Where values come from: where they lie, and how they are decoded. */
export interface Source {
  readonly store: Store;
  readonly coding: Coding;
}

/** A payload that is to be written. */
export interface PackedPayload extends PayloadWrite {
  kind: 'binary' | 'value';
}

/** Where the payloads of one execution go, and where its Blobs came from. */
export interface PayloadOwner {
  execution: number;
  /** How many payloads the execution has. */
  payloads: number;
  origins: WeakMap<object, PayloadRef>;
}

/**
 * The storable form of a value; what it needs written first is added to `writes`.
 * @param isForgotten it may go before its execution does: nothing else may refer to what is written for it
 * @throws PayloadError
 */
export function pack(
  value: unknown,
  what: string,
  owner: PayloadOwner,
  writes: PackedPayload[],
  isForgotten = false,
): unknown {
  if (isPrimitive(value)) {
    return typeof value === 'string' && value.length > largeBytes ? write(value, 'value', owner, writes) : value;
  }
  const packed = mapValue(value, what, {
    binary(binary) {
      const known = owner.origins.get(binary);
      if (known?.[payloadKey].execution === owner.execution) return known;
      const ref = write(binary, 'binary', owner, writes);
      if (!isForgotten) owner.origins.set(binary, ref);
      return ref;
    },
  });
  return sizeOf(packed) > largeBytes ? write(packed, 'value', owner, writes) : packed;
}

function write(value: unknown, kind: PackedPayload['kind'], owner: PayloadOwner, writes: PackedPayload[]): PayloadRef {
  const number = owner.payloads++;
  writes.push({ key: [owner.execution, number], value, kind });
  const about = kind === 'binary' ? describeBinary(value as object) : { size: sizeOf(value), type: typeof value };
  return { [payloadKey]: { execution: owner.execution, number, kind, ...about } };
}

/** The storable form of an event. @throws PayloadError */
export function packEvent<E extends HistoryEvent>(event: E, owner: PayloadOwner, writes: PackedPayload[]): E {
  const key = 'input' in event ? 'input' : 'result' in event ? 'result' : undefined;
  if (key === undefined) return event;
  const value = (event as { input?: unknown; result?: unknown })[key];
  const packed = pack(value, `the ${key} in ${event.type}`, owner, writes);
  return packed === value ? event : { ...event, [key]: packed };
}

/** Decodes values, and puts payloads back into them. */
export class Unpacking {
  readonly #store: Store;
  readonly #coding: Coding;
  readonly #origins: WeakMap<object, PayloadRef> | undefined;

  /** @param origins notes which payload each binary value came from */
  constructor({ store, coding }: Source, origins?: WeakMap<object, PayloadRef>) {
    this.#store = store;
    this.#coding = coding;
    this.#origins = origins;
  }

  /**
   * The values with what their references stand for.
   * @throws PayloadError when a payload is missing
   * @throws CodecError when something cannot be decoded
   */
  async values(packed: readonly unknown[], which: 'all' | 'value' = 'all'): Promise<unknown[]> {
    const refs = new Map<string, PayloadRef[typeof payloadKey]>();
    const find = (ref: PayloadRef) => {
      const { execution, number, kind } = ref[payloadKey];
      if (which === 'all' || kind === 'value') refs.set(`${execution}:${number}`, ref[payloadKey]);
      return ref;
    };
    const encoded = new Map<EncodedValue, unknown>();
    const note = (value: EncodedValue) => {
      encoded.set(value, undefined);
      return value;
    };
    for (const value of packed) mapValue(value, 'a stored value', { reference: find, encoded: note });
    if (encoded.size > 0) return this.#decoded(packed, which, encoded);
    if (refs.size === 0) return [...packed];

    const keys = Array.from(refs.values(), ({ execution, number }): PayloadKey => [execution, number]);
    const loaded = await this.#store.readPayloads(keys);
    const found = new Map<string, unknown>();
    for (const [i, [execution, number]] of keys.entries()) {
      if (loaded[i] === undefined) throw new PayloadError(`payload ${execution}/${number} is missing from the storage`);
      found.set(`${execution}:${number}`, await this.#coding.decodePayload(loaded[i]));
    }
    // A large value may itself hold references to binary ones.
    const nested = [...refs].filter(([, ref]) => ref.kind === 'value').map(([key]) => key);
    const inner =
      nested.length > 0
        ? await this.values(
            nested.map((key) => found.get(key)),
            which,
          )
        : [];
    for (const [i, key] of nested.entries()) found.set(key, inner[i]);

    return packed.map((value) =>
      mapValue(value, 'a stored value', {
        reference: (ref) => {
          const { execution, number, kind } = ref[payloadKey];
          const key = `${execution}:${number}`;
          if (!found.has(key)) return ref;
          const whole = found.get(key);
          if (kind === 'binary') this.#origins?.set(whole as object, ref);
          return whole;
        },
      }),
    );
  }

  /** What is encoded can hold references to payloads. */
  async #decoded(
    packed: readonly unknown[],
    which: 'all' | 'value',
    encoded: Map<EncodedValue, unknown>,
  ): Promise<unknown[]> {
    for (const value of encoded.keys()) encoded.set(value, await this.#coding.decode(value));
    const decoded = packed.map((value) =>
      mapValue(value, 'a stored value', { reference: (ref) => ref, encoded: (each) => encoded.get(each) }),
    );
    return this.values(decoded, which);
  }

  /** @throws CodecError */
  failure(failure: FailureDetails): Promise<FailureDetails> {
    return this.#coding.decodeFailure(failure);
  }

  async value(packed: unknown): Promise<unknown> {
    return isPrimitive(packed) ? packed : (await this.values([packed]))[0];
  }

  /** Events as an orchestrator may see them. What it decided is compared, not seen: there, binary values may stay out. */
  async events<E extends HistoryEvent>(packed: readonly E[]): Promise<E[]> {
    const events = [...packed];
    for (const seen of [true, false]) {
      const holders: { index: number; key: string; value: unknown }[] = [];
      for (const [index, event] of packed.entries()) {
        const key = 'input' in event ? 'input' : 'result' in event ? 'result' : undefined;
        const value = key && (event as { input?: unknown; result?: unknown })[key];
        if (key && !isPrimitive(value) && isSeen(event) === seen) holders.push({ index, key, value });
      }
      const values = await this.values(
        holders.map((holder) => holder.value),
        seen ? 'all' : 'value',
      );
      for (const [i, { index, key }] of holders.entries()) {
        events[index] = { ...(events[index] as E), [key]: values[i] };
      }
    }
    return this.#withFailures(events);
  }

  /** Events with all that they hold. */
  async history(packed: readonly HistoryEvent[]): Promise<HistoryEvent[]> {
    return this.#withFailures((await this.values([packed]))[0] as HistoryEvent[]);
  }

  async #withFailures<E extends HistoryEvent>(events: E[]): Promise<E[]> {
    for (const [index, event] of events.entries()) {
      if (!('failure' in event) || !event.failure?.encoded) continue;
      events[index] = { ...event, failure: await this.failure(event.failure) };
    }
    return events;
  }
}

function isSeen(event: HistoryEvent): boolean {
  return (
    event.type === 'ExecutionStarted' ||
    event.type === 'EventRaised' ||
    event.type === 'TaskCompleted' ||
    event.type === 'SubOrchestrationInstanceCompleted'
  );
}
