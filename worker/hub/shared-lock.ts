/**
 * A lock that many can hold, each for a while. It says that somebody is there who has some property, and it goes with its
 * holder, however that ends.
 */
import type { Locks } from './environment';

export class SharedLock {
  readonly name: string;
  readonly #locks: Locks | undefined;
  #isHeld = false;
  #release = () => {};
  #changing: Promise<void> = Promise.resolve();

  constructor(name: string, locks: Locks | undefined) {
    this.name = name;
    this.#locks = locks;
  }

  /** Resolves once it is held, or is not any more. */
  hold(isHeld: boolean): Promise<void> {
    this.#changing = this.#changing.then(() => this.#change(isHeld));
    return this.#changing;
  }

  async #change(isHeld: boolean): Promise<void> {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (!this.#locks) return;
    if (!isHeld) {
      this.#release();
      return;
    }
    const locks = this.#locks;
    await new Promise<void>((held) => {
      void locks.request(this.name, { mode: 'shared' }, () => {
        held();
        return new Promise<void>((release) => {
          this.#release = release;
        });
      });
    });
  }
}
