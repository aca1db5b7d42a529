/** A line in which to join, to be served and to leave from the middle cost the same, however long it has grown. */
interface Place<T> {
  readonly value: T;
  before: Place<T> | undefined;
  behind: Place<T> | undefined;
}

export class Line<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Who is served next. */
  get first(): T | undefined {
    return this.#first?.value;
  }

  /** Takes the last place; the returned function gives it up, and is called at most once, before it is served. */
  join(value: T): () => void {
    const place: Place<T> = { value, before: this.#last, behind: undefined };
    if (this.#last) this.#last.behind = place;
    else this.#first = place;
    this.#last = place;
    return () => this.#remove(place);
  }

  /** Serves the first. */
  next(): T | undefined {
    const first = this.#first;
    if (first) this.#remove(first);
    return first?.value;
  }

  #remove({ before, behind }: Place<T>): void {
    if (before) before.behind = behind;
    else this.#first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
  }
}
