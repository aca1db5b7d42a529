/** Numbers that look random and follow from a seed, so that what a test has drawn can be drawn again. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from 0 to `most`. */
  upTo(most: number): number {
    return Math.floor(this.next() * (most + 1));
  }

  /** A whole number from the first to the last. */
  between(first: number, last: number): number {
    return first + this.upTo(last - first);
  }

  one<T>(of: readonly T[]): T {
    return of[this.upTo(of.length - 1)] as T;
  }

  /** One of these, each as often as its number says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [each, weight] of entries) {
      left -= weight;
      if (left < 0) return each;
    }
    return entries[0]?.[0] as T;
  }
}
