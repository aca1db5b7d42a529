/**
 * A look at the storage that those who ask together share, as each look stands in the way of the owner's commits. Nobody
 * gets one that began before they asked: whoever has just heard of a change could miss it.
 */
export class SharedLook<T> {
  readonly #look: () => Promise<T>;
  #current: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | undefined;

  constructor(look: () => Promise<T>) {
    this.#look = look;
  }

  take(): Promise<T> {
    this.#next ??= this.#current
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        const looking = this.#look();
        this.#current = looking;
        return looking;
      });
    return this.#next;
  }
}
