/**
 * The newest events of an execution: those that lie in the log, and in its row as long as they are few. They are kept as
 * they are stored, since most are written once more and never read: as text, they are a fraction of what memory has to be
 * looked through for them.
 */
import { type HistoryEvent, sizeOf } from '../../src/core';
import { type Packed, pack, unpack } from '../packed';

interface Piece {
  count: number;
  packed: Packed<HistoryEvent>;
}

export class EventList {
  #pieces: Piece[] = [];

  static of(count: number, packed: Packed<HistoryEvent>): EventList {
    const list = new EventList();
    list.add(count, packed);
    return list;
  }

  add(count: number, packed: Packed<HistoryEvent>): void {
    if (count > 0) this.#pieces.push({ count, packed });
  }

  /** All of them. */
  read(): HistoryEvent[] {
    return this.#pieces.flatMap(({ packed }) => unpack(packed) ?? []);
  }

  pack(): Packed<HistoryEvent> {
    const texts: string[] = [];
    for (const { packed } of this.#pieces) {
      if (typeof packed !== 'string') return pack(this.read());
      texts.push(packed.slice(1, -1));
    }
    return `[${texts.join(',')}]`;
  }

  /** Whether they take less than this in storage. */
  isBelow(bytes: number): boolean {
    let sum = 0;
    for (const { packed } of this.#pieces) {
      sum += typeof packed === 'string' ? packed.length : eventBytes(unpack(packed) ?? []);
      if (sum >= bytes) return false;
    }
    return true;
  }

  /** Forgets the first ones, of which as many were added together. */
  dropFirst(count: number): void {
    let left = count;
    while (left > 0 && this.#pieces[0]) {
      const { count: first, packed } = this.#pieces[0];
      if (first > left) {
        const rest = (unpack(packed) ?? []).slice(left);
        this.#pieces[0] = { count: rest.length, packed: rest };
        return;
      }
      this.#pieces.shift();
      left -= first;
    }
  }
}

/** About how many bytes events take in storage. */
export function eventBytes(events: readonly HistoryEvent[]): number {
  let bytes = 0;
  for (const event of events) bytes += bytesOfEvent(event);
  return bytes;
}

/** The same for one. */
export function bytesOfEvent(event: HistoryEvent): number {
  let bytes = 16;
  for (const key in event) bytes += 12 + sizeOf(event[key as keyof HistoryEvent]);
  return bytes;
}
