/** Web Locks between processes: they are given in order, can be stolen, and are freed when their holder dies. */
import type { Locks } from '../../../worker/hub';
import type { Process } from './process';

interface Request {
  process: Process;
  name: string;
  mode: 'exclusive' | 'shared';
  callback: LockGrantedCallback<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class LockServer {
  #held: Request[] = [];
  #queue: Request[] = [];
  /** Lets something happen a little later. */
  readonly #later: (run: () => void) => void;

  constructor(later: (run: () => void) => void) {
    this.#later = later;
  }

  /** As one process sees them. */
  for(process: Process): Locks {
    process.onDeath(() => this.#later(() => this.#bury(process)));
    const request = (name: string, ...rest: unknown[]) => {
      const callback = rest.at(-1) as LockGrantedCallback<unknown>;
      const options = (rest.length > 1 ? rest[0] : {}) as LockOptions;
      return process.pass(
        new Promise((resolve, reject) => {
          const { mode = 'exclusive' } = options;
          this.#later(() => this.#request({ process, name, mode, callback, resolve, reject }, options));
        }),
      );
    };
    const query = async () => ({ held: this.#held.map(({ name, mode }) => ({ name, mode })) });
    return { request, query } as unknown as Locks;
  }

  holderOf(name: string): Process | undefined {
    return this.#held.find((each) => each.name === name)?.process;
  }

  #request(request: Request, { ifAvailable, steal, signal }: LockOptions): void {
    const { process, name, callback, resolve, reject } = request;
    if (process.isDead) return;
    if (signal?.aborted) {
      reject(aborted());
    } else if (steal) {
      const robbed = this.#held.filter((each) => each.name === name);
      this.#held = this.#held.filter((each) => each.name !== name);
      for (const each of robbed) each.reject(aborted());
      this.#grant(request);
    } else if (this.#isFree(request)) {
      this.#grant(request);
    } else if (ifAvailable) {
      process.enter(() => resolve(callback(null)));
    } else {
      this.#queue.push(request);
      signal?.addEventListener('abort', () => {
        const at = this.#queue.indexOf(request);
        if (at < 0) return;
        this.#queue.splice(at, 1);
        reject(aborted());
      });
    }
  }

  #isFree({ name, mode }: Request): boolean {
    return this.#held.every((each) => each.name !== name || (mode === 'shared' && each.mode === 'shared'));
  }

  #grant(request: Request): void {
    const { process, name, mode, callback, resolve, reject } = request;
    this.#held.push(request);
    process.enter(async () => {
      const release = () => this.#later(() => this.#release(request));
      try {
        const value = await callback({ name, mode });
        release();
        resolve(value);
      } catch (error) {
        release();
        reject(error);
      }
    });
  }

  #release(request: Request): void {
    this.#held = this.#held.filter((each) => each !== request);
    this.#giveOut();
  }

  #bury(process: Process): void {
    this.#held = this.#held.filter((each) => each.process !== process);
    this.#queue = this.#queue.filter((each) => each.process !== process);
    this.#giveOut();
  }

  #giveOut(): void {
    for (const request of [...this.#queue]) {
      if (!this.#isFree(request)) continue;
      this.#queue = this.#queue.filter((each) => each !== request);
      this.#grant(request);
    }
  }
}

function aborted(): DOMException {
  return new DOMException('the request was aborted, or the lock was stolen', 'AbortError');
}
