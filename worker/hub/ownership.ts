/**
 * Of all tabs of an origin one runs the task hub. A Web Lock says who may try: it goes to the tab that has waited longest
 * as soon as the owner's worker is gone, however it went. It does not stop a former owner that still thinks it owns the
 * hub; the store's fence does.
 *
 * There are two ways to get the lock out of turn. A tab that is seen takes it from an owner that is frozen. And the build
 * that was loaded last runs: a tab that has just been loaded asks an owner of another build, which ends its commit and
 * agrees; the asker then takes the lock, which would else go to whoever waited longest. Nobody asks twice without a
 * reload, so two builds cannot pass the hub back and forth.
 */
import { HubUnavailableError } from '../../src/core';
import { type Channel, type OwnerStanding, type OwnerTalk, ownerChannel } from '../../src/protocol';
import { randomId } from '../platform';
import type { Environment } from './environment';
import { OwnerWatch } from './owner-watch';

export interface OwnershipOptions {
  taskHub: string;
  environment: Environment;
  /** Numbers tell which of two builds is the newer one. */
  build: string | number;
  /** Whether it may ask an owner of another build: once per page load. */
  mayAsk: boolean;
  /** How long ago this page's hosts have taken the hub from frozen owners, in milliseconds. */
  steals: readonly number[];
  /** Whether this tab is seen. */
  isVisible(): boolean;
  /** Runs the hub, and resolves when it has stopped. */
  run(): Promise<void>;
  /** The hub is another tab's now, or will be: what runs here is to stop. */
  stop(): void;
  /** What the owner tells of itself. */
  standing(): OwnerStanding;
  /** Another tab has the hub. */
  onWait(): void;
  /** What the owner of now tells of itself. */
  onOwner(standing: OwnerStanding): void;
  /** The owner of this epoch has handed the hub to this tab. */
  onHeir(epoch: number | undefined): void;
  /** The hub was taken from a frozen owner. */
  onSteal(): void;
  /** It could not be run, and is tried again. */
  onFailure(error: unknown): void;
}

/** After a failed start the hub is tried again so many milliseconds later. */
const restartMs = 1_000;
/** So long an owner that has agreed waits for its heir. */
const heirMs = 2_000;
/** The shortest time between two things that the owner tells of itself unasked. */
const tellEveryMs = 1_000;
/** A page that has taken the hub from frozen owners so often within an hour leaves it to others. */
const mostSteals = 3;
const stealsCountMs = 3_600_000;
/** Between two such takings. */
const coolDownMs = 30_000;

export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #clock: Environment['clock'];
  readonly #name: string;
  readonly #channel: Channel;
  readonly #watch: OwnerWatch;
  readonly #closing = new AbortController();
  /** This host, among those that ask. */
  readonly #host = randomId();
  #mayAsk: boolean;
  /** When it has taken the hub from a frozen owner. */
  readonly #steals: number[];
  /** It has the lock. */
  #isHolding = false;
  #hasToldLately = false;
  #hasNews = false;
  #tellTimer: unknown;
  /** What the host is told that this owner hands the hub to. */
  #heir: Extract<OwnerTalk, { kind: 'answer' }> | undefined;
  #onStolen = () => {};
  #stopWaiting: (() => void) | undefined;
  /** It may take the lock out of turn. */
  #isNext = false;
  readonly #done: Promise<void>;

  constructor(options: OwnershipOptions) {
    const { environment, taskHub, mayAsk, steals } = options;
    this.#options = options;
    this.#clock = environment.clock;
    this.#name = `perdure/${taskHub}`;
    this.#mayAsk = mayAsk;
    this.#steals = steals.map((ago) => environment.clock.monotonicNow() - ago);
    this.#channel = environment.openChannel(ownerChannel(taskHub));
    this.#channel.onmessage = ({ data }) => this.#hear(data as OwnerTalk);
    this.#watch = new OwnerWatch({
      clock: environment.clock,
      random: environment.random,
      mayTake: () => options.isVisible() && !this.#hasStolenLately,
      probe: () => this.#say({ kind: 'probe' }),
      onFrozen: () => this.#takeFromFrozen(),
    });
    this.#done = this.#own();
  }

  /** Lets go of the hub. What runs must have been told to stop. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#stopWaiting?.();
    this.#onStolen();
    await this.#done;
    this.#watch.stop();
    this.#clock.clearTimer(this.#tellTimer);
    this.#channel.close();
  }

  /** What the owner tells of itself has changed. Others hear of it soon. */
  tell(): void {
    if (!this.#isHolding) return;
    this.#hasNews = true;
    if (this.#hasToldLately) return;
    this.#hasToldLately = true;
    this.#tellNow();
    this.#tellTimer = this.#clock.setTimer(() => {
      this.#hasToldLately = false;
      if (this.#hasNews) this.tell();
    }, tellEveryMs);
  }

  #tellNow(): void {
    this.#hasNews = false;
    this.#say({ kind: 'owner', standing: this.#options.standing() });
  }

  get #hasStolenLately(): boolean {
    const now = this.#clock.monotonicNow();
    const since = (ms: number) => this.#steals.filter((at) => now - at < ms).length;
    return since(coolDownMs) > 0 || since(stealsCountMs) >= mostSteals;
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  // ------------------------------------------------------------------------------------------------ the lock

  async #own(): Promise<void> {
    while (!this.#isClosed) {
      try {
        if (!(await this.#request({ ifAvailable: true }))) await this.#waitInLine();
      } catch (error) {
        this.#options.onFailure(error);
        // Long enough for a tab that waits to get it.
        await new Promise<void>((resolve) => {
          this.#stopWaiting = resolve;
          this.#clock.setTimer(resolve, restartMs);
        });
      }
    }
  }

  async #waitInLine(): Promise<void> {
    if (this.#isClosed) return;
    this.#options.onWait();
    const waiting = new AbortController();
    this.#stopWaiting = () => waiting.abort();
    // It may have been told so before it was in line.
    if (this.#isNext) waiting.abort();
    this.#watch.start();
    const hadIt = await this.#request({ signal: waiting.signal });
    this.#watch.stop();
    const isNext = this.#isNext && !hadIt && !this.#isClosed;
    this.#isNext = false;
    if (isNext) await this.#request({ steal: true });
  }

  #takeOutOfTurn(): void {
    this.#isNext = true;
    this.#stopWaiting?.();
  }

  /** Resolves when the hub has been run, or else if the lock was not given. */
  async #request(options: LockOptions): Promise<boolean> {
    const { locks } = this.#options.environment;
    if (!locks) {
      throw new HubUnavailableError('Web Locks are missing: perdure needs a page served over https, or from localhost');
    }
    let holding: Promise<void> | undefined;
    const given = locks.request(this.#name, options, (lock) => {
      if (!lock || this.#isClosed) return;
      this.#watch.stop();
      holding = this.#hold();
      return holding;
    });
    try {
      await given;
    } catch (error) {
      if (!holding) {
        if (options.signal?.aborted) return false;
        throw error;
      }
      // Another tab has taken the lock, or the hub could not be run; then there is nothing to stop any more.
      this.#onStolen();
      this.#options.stop();
    }
    await holding;
    return holding !== undefined;
  }

  async #hold(): Promise<void> {
    this.#isHolding = true;
    this.#mayAsk = false;
    const stolen = new Promise<void>((resolve) => {
      this.#onStolen = resolve;
    });
    try {
      await this.#options.run();
      if (this.#heir === undefined || this.#isClosed) return;
      this.#say(this.#heir);
      await Promise.race([stolen, new Promise<void>((resolve) => this.#clock.setTimer(resolve, heirMs))]);
    } finally {
      this.#heir = undefined;
      this.#isHolding = false;
    }
  }

  #takeFromFrozen(): void {
    this.#steals.push(this.#clock.monotonicNow());
    this.#options.onSteal();
    this.#takeOutOfTurn();
  }

  // ------------------------------------------------------------------------------------------------ what is said

  #say(talk: OwnerTalk): void {
    if (!this.#isClosed) this.#channel.postMessage(talk);
  }

  #hear(talk: OwnerTalk): void {
    switch (talk.kind) {
      case 'probe':
        if (this.#isHolding) this.#tellNow();
        break;
      case 'vouch':
        this.#watch.heard();
        break;
      case 'owner':
        this.#watch.heard();
        if (this.#isHolding) break;
        this.#options.onOwner(talk.standing);
        if (!this.#mayAsk) break;
        // Once its own build has run, whatever comes after that was loaded later.
        if (talk.standing.build === String(this.#options.build)) this.#mayAsk = false;
        else this.#say({ kind: 'ask', host: this.#host, build: this.#options.build });
        break;
      case 'ask':
        if (this.#isHolding && this.#heir === undefined) this.#answer(talk);
        break;
      case 'answer':
        if (talk.host !== this.#host || !this.#mayAsk) break;
        this.#mayAsk = false;
        if (!talk.agrees) break;
        this.#options.onHeir(talk.epoch);
        this.#takeOutOfTurn();
    }
  }

  #answer({ host, build: other }: Extract<OwnerTalk, { kind: 'ask' }>): void {
    const { build } = this.#options;
    if (other === build) return;
    if (typeof build === 'number' && typeof other === 'number' && other < build) {
      this.#say({ kind: 'answer', host, agrees: false });
      return;
    }
    const { epoch } = this.#options.standing();
    this.#heir = { kind: 'answer', host, agrees: true, ...(epoch !== undefined && { epoch }) };
    this.#options.stop();
  }
}
