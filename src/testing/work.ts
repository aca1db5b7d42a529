/**
 * What is under way in the event loop. Page, hub and activities share one thread here, where a browser gives each a
 * worker of its own; so whatever passes between them takes a task of its own, and none runs within another's turn.
 */
import { hop } from '../../worker/platform';

/** So many tasks of the event loop without work: whoever was told something has had the time to answer. */
const quietHops = 3;

export class Work {
  #underWay = 0;

  /** Does something in a task of its own. */
  async soon(action: () => void): Promise<void> {
    this.#underWay++;
    await hop();
    this.#underWay--;
    action();
  }

  /** Counts as work until it is settled. */
  async during<T>(promise: Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await promise;
    } finally {
      this.#underWay--;
    }
  }

  /** Resolves when nothing is under way. */
  async done(): Promise<void> {
    for (let quiet = 0; quiet < quietHops; quiet++) {
      await hop();
      if (this.#underWay > 0) quiet = -1;
    }
  }
}
