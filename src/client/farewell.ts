/**
 * Words that a page leaves about its host to whoever runs the hub next, in this tab or another, as that finds out what
 * kills its owners: that the owner of this epoch left in good health, since its user reloads or closes the page; or that
 * it hung, and this page ended it.
 */
import type { Page } from './page';

/** What has become of an owner. */
export type Farewell = 'left' | 'wedged';

export class Farewells {
  readonly #page: Page;
  readonly #prefix: string;
  /** What this page has said: not every page can leave notes. */
  readonly #own: Partial<Record<Farewell, number>> = {};

  constructor(taskHub: string, page: Page) {
    this.#page = page;
    this.#prefix = `perdure/${taskHub}/`;
  }

  /** The epoch of the last owner of which this was said. */
  last(farewell: Farewell): number | undefined {
    return epochIn(this.#page.note(this.#prefix + farewell)) ?? this.#own[farewell];
  }

  leave(farewell: Farewell, epoch: number): void {
    this.#own[farewell] = epoch;
    this.#page.leaveNote(this.#prefix + farewell, String(epoch));
  }

  /** What a note of another page says, if it is such a word. */
  heard(key: string, text: string): { kind: Farewell; epoch: number } | undefined {
    const kind = (['left', 'wedged'] as const).find((each) => key === this.#prefix + each);
    const epoch = epochIn(text);
    return kind && epoch !== undefined ? { kind, epoch } : undefined;
  }
}

function epochIn(text: string | undefined): number | undefined {
  const epoch = Number(text);
  return text === undefined || !Number.isInteger(epoch) ? undefined : epoch;
}
