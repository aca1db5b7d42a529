/**
 * A place where code runs: a page, or a worker. Whatever comes to it from outside (a timer, a message, a lock, an answer
 * of the storage) goes through `enter`, so it can be frozen, when all of that waits, or killed, when none of it ever comes.
 */
export class Process {
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #waiting: (() => void)[] = [];
  readonly #onDeath: (() => void)[] = [];

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  enter(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'frozen') this.#waiting.push(run);
  }

  /** A promise that settles in here; never, if the process dies. */
  pass<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.enter(() => resolve(value)),
        (error: unknown) => this.enter(() => reject(error)),
      );
    });
  }

  /**
   * The same, but it rejects when the process dies. Nothing that comes of that has any effect; but a turn that waited for
   * ever would keep all others of this realm from running.
   */
  passOrDie<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const die = () => reject(new Error('the process is dead'));
      if (this.isDead) die();
      else this.onDeath(die);
      this.pass(promise).then(resolve, reject);
    });
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const run of this.#waiting.splice(0)) run();
  }

  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#waiting = [];
    for (const tell of this.#onDeath.splice(0)) tell();
  }

  onDeath(tell: () => void): void {
    this.#onDeath.push(tell);
  }
}
