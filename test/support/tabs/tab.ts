/**
 * One tab: a page with the client's own connection, and its host workers, which run the real host. What is a browser's in
 * it (messages, locks, time) is simulated, and can be frozen, lost or killed.
 */
import { Connection } from '../../../src/client/connection';
import type { HostPort } from '../../../src/client/host-worker';
import type { Page, PageEvents } from '../../../src/client/page';
import type { HubView } from '../../../src/client/types';
import type { HostMessage, HubMethod, PageMessage, ReplyOf, RequestOf } from '../../../src/protocol';
import { Coding } from '../../../worker/codec';
import { type Environment, Host, Registry } from '../../../worker/hub';
import { InProcessPool, type VirtualClock } from '../simulation';
import { Process } from './process';
import type { Build, World } from './world';

export class Tab {
  readonly page = new Process();
  readonly build: Build;
  readonly connection: Connection;
  readonly #world: World;
  #host: Process | undefined;
  #events: PageEvents | undefined;
  #tellAttention: ((state: { isOnline: boolean; isVisible: boolean; isUsed: boolean }) => void) | undefined;
  #isVisible = true;
  #leastMs = 0;
  /** Whether the worker's file can be loaded. */
  isLoadable = true;
  view: Pick<HubView, 'role' | 'error'> = { role: 'starting', error: undefined };
  lost: Error | undefined;

  constructor(world: World, build: Build) {
    this.#world = world;
    this.build = build;
    this.connection = new Connection({
      taskHub: 'hub',
      page: this.#pageEnvironment(),
      worker: () => this.#startHost(),
      onHub: (view) => {
        this.view = view;
      },
      onLost: (error) => {
        this.lost = error;
      },
    });
  }

  get isOpen(): boolean {
    return !this.page.isDead;
  }

  get isFrozen(): boolean {
    return this.page.isFrozen;
  }

  /** Whether its worker has the hub's lock. */
  get isOwner(): boolean {
    return this.#host !== undefined && this.#world.locks.holderOf('perdure/hub') === this.#host;
  }

  call<K extends HubMethod>(method: K, request: RequestOf<K>): Promise<ReplyOf<K>> {
    return this.connection.call(method, request);
  }

  // ------------------------------------------------------------------------------------------------ what befalls it

  show(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.page.enter(() => this.#attention());
  }

  /** The user closes it, or leaves: it hears of it first. */
  close(): void {
    this.page.enter(() => this.#events?.leaving());
    this.crash();
  }

  /** It is gone at once, with its worker. */
  crash(): void {
    this.page.kill();
    this.#host?.kill();
  }

  /** Nothing of it runs, and it was told nothing. */
  freeze(): void {
    this.page.freeze();
    this.#host?.freeze();
  }

  thaw(): void {
    this.#host?.thaw();
    this.page.thaw();
  }

  /** It goes into the browser's cache of pages, or is frozen with a word. */
  leave(): void {
    this.page.enter(() => this.#events?.away());
  }

  comeBack(): void {
    this.page.enter(() => this.#events?.back());
  }

  killWorker(): void {
    this.#host?.kill();
  }

  /** Its worker hangs, as in a loop without end. */
  wedgeWorker(): void {
    this.#host?.freeze();
  }

  /** Its worker goes on, if it was not ended meanwhile. */
  unwedgeWorker(): void {
    if (this.page.isRunning) this.#host?.thaw();
  }

  /** Its page's timers fire this late at least, as in a tab that has been hidden for long. */
  throttleTimers(leastMs: number): void {
    this.#leastMs = leastMs;
  }

  hearNote(key: string, text: string): void {
    this.page.enter(() => this.#events?.note(key, text));
  }

  // ------------------------------------------------------------------------------------------------ its browser

  #attention(): void {
    this.#tellAttention?.({ isOnline: true, isVisible: this.#isVisible, isUsed: false });
  }

  #pageEnvironment(): Page {
    const { page } = this;
    const world = this.#world;
    return {
      now: world.clock.monotonicNow,
      ...timersOf(page, world.clock, () => this.#leastMs),
      locks: world.locks.for(page),
      openChannel: (name) => world.channels.open(page, name),
      note: (key) => world.notes.get(key),
      leaveNote: (key, text) => world.leaveNote(page, key, text),
      attention: (tell) => {
        this.#tellAttention = tell;
        return { tell: () => this.#attention(), stop() {} };
      },
      listen: (events) => {
        this.#events = events;
        return () => {
          this.#events = undefined;
        };
      },
    };
  }

  /** What `serve` does in a worker of its own. */
  #startHost(): HostPort {
    const world = this.#world;
    const process = new Process();
    this.#host = process;
    if (this.page.isFrozen) process.freeze();
    const later = (ms: number, run: () => void) => void world.clock.setTimer(run, ms);
    let isLoaded = false;
    const early: PageMessage[] = [];
    const port: HostPort = {
      onmessage: null,
      onerror: null,
      postMessage: (message) => {
        const data = structuredClone(message);
        later(0, () => {
          if (isLoaded) process.enter(() => receive(data));
          else early.push(data);
        });
      },
      terminate: () => process.kill(),
    };
    const post = (message: HostMessage) => {
      const data = structuredClone(message);
      if (process.isDead) return;
      later(0, () => this.page.enter(() => port.onmessage?.({ data } as MessageEvent<HostMessage>)));
    };
    const locks = world.locks.for(process);
    const environment = this.#hostEnvironment(process, locks);
    let host: Host | undefined;
    const receive = (message: PageMessage) => {
      if (message.kind === 'ping') post({ kind: 'pong' });
      else if (message.kind !== 'open') host?.receive(message);
      else {
        host ??= new Host(message, {
          orchestrations: new Registry(this.build),
          build: this.build.name,
          coding: new Coding(undefined),
          environment,
          post,
        });
      }
    };
    later(5 + world.chance.upTo(45), () => {
      if (process.isDead) return;
      if (!this.isLoadable) {
        this.page.enter(() => port.onerror?.({ message: 'not found' } as ErrorEvent));
        return;
      }
      isLoaded = true;
      for (const message of early) process.enter(() => receive(message));
      process.enter(() => {
        const lock = `perdure-host/${world.chance.next()}`;
        void locks.request(lock, () => {
          post({ kind: 'hello', lock });
          return new Promise(() => {});
        });
      });
    });
    return port;
  }

  #hostEnvironment(process: Process, locks: Environment['locks']): Environment {
    const world = this.#world;
    return {
      clock: {
        now: world.clock.now,
        monotonicNow: world.clock.monotonicNow,
        ...timersOf(process, world.clock),
      },
      locks,
      random: () => world.chance.next(),
      openChannel: (name) => world.channels.open(process, name),
      storage: 'disk',
      openStore: () => world.disk.connect(process),
      createPool: ({ onResults }) =>
        new InProcessPool(world.activities, (results) => process.enter(() => onResults(results))),
      room: async () => undefined,
    };
  }
}

/** The timers of a process. One that is due while it is frozen can still be cleared. */
function timersOf(process: Process, clock: VirtualClock, leastMs: () => number = () => 0) {
  const cleared = new WeakSet<object>();
  return {
    setTimer(callback: () => void, ms: number): unknown {
      const run = () => {
        if (!cleared.has(timer)) callback();
      };
      const timer = clock.setTimer(() => process.enter(run), Math.max(ms, leastMs())) as object;
      return timer;
    },
    clearTimer(timer: unknown): void {
      clock.clearTimer(timer);
      if (timer) cleared.add(timer as object);
    },
  };
}
