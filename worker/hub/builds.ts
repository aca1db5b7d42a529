/**
 * Which builds of the app have a tab that is open. Each host holds a shared lock in its build's name as long as it lives,
 * so that one that crashes counts no more.
 */
import type { Locks } from './environment';
import { SharedLock } from './shared-lock';

export class Builds {
  readonly #prefix: string;
  readonly #locks: Locks | undefined;
  readonly #own: SharedLock;

  constructor(taskHub: string, build: string, locks: Locks | undefined) {
    this.#prefix = `perdure-build/${taskHub}/`;
    this.#locks = locks;
    this.#own = new SharedLock(this.#prefix + build, locks);
    void this.#own.hold(true);
  }

  /** Those of these builds that have a tab. */
  async living(builds: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const { held = [] } = (await this.#locks?.query()) ?? {};
    const names = new Set(held.map(({ name }) => name));
    return new Set([...builds].filter((build) => names.has(this.#prefix + build)));
  }

  close(): void {
    void this.#own.hold(false);
  }
}
