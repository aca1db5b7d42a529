/**
 * The messages that wait, by instance, in order. Instances take turns: one that has been served goes to the end of the
 * line, so that an instance with 100,000 completions does not hold up the others.
 */

import { eventBytes } from '../store/event-list';
import type { Carried } from '../store/records';
import type { Batch } from './batch';
import type { Message } from './message';

export class Mailboxes {
  readonly #boxes = new Map<string, Message[]>();
  /** The ids of the boxes in the order in which they are served, from `#next` on. What was served is cut off now and then. */
  #line: string[] = [];
  #next = 0;
  /** Messages between instances: what a commit must carry as long as they are not played. */
  readonly #internal = new Set<Message>();
  #unread: { carried: Carried; producedBy?: Batch | undefined }[] = [];
  readonly #heldBack = new Set<string>();
  /** About how many bytes these would take in a record. */
  #carryBytes = 0;

  /** How many messages wait. */
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get isEmpty(): boolean {
    return this.#boxes.size === 0;
  }

  has(id: string): boolean {
    return this.#boxes.has(id);
  }

  /** The first messages for the instances that are served next. */
  firsts(most: number): Message[] {
    return this.#line.slice(this.#next, this.#next + most).flatMap((id) => this.#boxes.get(id)?.[0] ?? []);
  }

  push(message: Message): void {
    if (this.#heldBack.has(message.to)) {
      const { carried, producedBy } = message;
      if (carried) this.#unread.push({ carried, producedBy });
      return;
    }
    const box = this.#boxes.get(message.to);
    if (box) box.push(message);
    else this.#open(message.to, [message]);
    this.#came(message);
  }

  /** Puts the next execution of an instance before whatever waits for the instance: all of that is for the next one. */
  pushFirst(message: Message): void {
    const box = this.#boxes.get(message.to);
    if (box) box.unshift(message);
    else this.#open(message.to, [message]);
    this.#came(message);
  }

  /** Gives back what was taken but could not be used yet, since the instance is about to continue as new. */
  putBack(messages: readonly Message[]): void {
    for (const message of messages.toReversed()) {
      const box = this.#boxes.get(message.to);
      if (box) box.splice(isContinuation(box[0]) ? 1 : 0, 0, message);
      else this.#open(message.to, [message]);
      this.#came(message);
    }
  }

  /** The next instance in line with some of its messages; what is left of them waits at the end of the line. */
  take(most: number): { id: string; messages: Message[] } | undefined {
    const id = this.#line[this.#next];
    const box = id === undefined ? undefined : this.#boxes.get(id);
    if (id === undefined || !box) return undefined;
    this.#next++;
    if (this.#next === this.#line.length || this.#next > 4_096) {
      this.#line = this.#line.slice(this.#next);
      this.#next = 0;
    }
    this.#boxes.delete(id);
    const messages = box.length <= most ? box : box.splice(0, most);
    if (messages !== box) this.#open(id, box);
    for (const message of messages) this.#went(message);
    return { id, messages };
  }

  #open(id: string, box: Message[]): void {
    this.#boxes.set(id, box);
    this.#line.push(id);
  }

  #came(message: Message): void {
    this.#size++;
    if (!message.carried) return;
    this.#internal.add(message);
    this.#carryBytes += carriedBytes(message.carried);
  }

  #went(message: Message): void {
    this.#size--;
    if (message.carried && this.#internal.delete(message)) this.#carryBytes -= carriedBytes(message.carried);
  }

  /**
   * What cannot be read for want of a key is carried on, until an owner has it. So is what comes for an instance whose
   * next execution is among it: the one before has ended.
   */
  holdBack(unread: readonly Carried[]): void {
    for (const carried of unread) {
      this.#unread.push({ carried });
      if (carried.kind === 'start' && carried.continues !== undefined) this.#heldBack.add(carried.to);
    }
  }

  /** Whether an instance can take nothing now. */
  isHeldBack(id: string): boolean {
    return this.#heldBack.has(id);
  }

  get carryBytes(): number {
    return this.#carryBytes;
  }

  /** What the next commit must carry. */
  get carry(): Carried[] {
    const unread = this.#unread.map(({ carried }) => carried);
    return [...unread, ...Array.from(this.#internal, (message) => message.carried as Carried)];
  }

  /** A batch failed: what it took waits again, in order, before the rest; what it produced is gone. */
  restore(taken: readonly Message[], producedBy?: Batch): void {
    const isGone = (message: Message) => producedBy !== undefined && message.producedBy === producedBy;
    if (producedBy) this.#unread = this.#unread.filter((each) => each.producedBy !== producedBy);
    const later = this.#line.slice(this.#next).flatMap((id) => this.#boxes.get(id) ?? []);
    this.#boxes.clear();
    this.#line = [];
    this.#next = 0;
    this.#internal.clear();
    this.#carryBytes = 0;
    this.#size = 0;
    for (const message of [...taken, ...later]) {
      if (isGone(message)) continue;
      // A commit carries what an instance continues with after what waited for it already.
      if (isContinuation(message)) this.pushFirst(message);
      else this.push(message);
    }
  }
}

function carriedBytes(carried: Carried): number {
  if (carried.kind === 'rewind') return 128;
  const kept = carried.kind === 'start' ? (carried.kept ?? []) : [];
  return eventBytes([carried.event, ...kept]) + carried.to.length;
}

function isContinuation(message: Message | undefined): boolean {
  return message?.kind === 'start' && message.continues !== undefined;
}
