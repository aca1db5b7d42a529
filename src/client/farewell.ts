/**
 * A word from a page that goes away to whoever runs the hub next, in this tab or another: that its host was the owner, of
 * this epoch, and was well. A hub whose owner goes again and again looks for the culprit among what it ran, and a user
 * who reloads or closes a page is none.
 */
import type { Page } from './page';

export class Farewell {
  readonly #page: Page;
  readonly #key: string;

  constructor(taskHub: string, page: Page) {
    this.#page = page;
    this.#key = `perdure/${taskHub}/left`;
  }

  /** The epoch of the last owner that left a word. */
  get last(): number | undefined {
    return epochIn(this.#page.note(this.#key));
  }

  /** @param epoch of this page's host, if it owns the hub and is well */
  leave(epoch: number | undefined): void {
    if (epoch !== undefined) this.#page.leaveNote(this.#key, String(epoch));
  }

  /** The epoch in a note that another page has left, if it is such a word. */
  heard(key: string, text: string): number | undefined {
    return key === this.#key ? epochIn(text) : undefined;
  }
}

function epochIn(text: string | undefined): number | undefined {
  const epoch = Number(text);
  return text === undefined || !Number.isInteger(epoch) ? undefined : epoch;
}
