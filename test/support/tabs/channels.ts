/** BroadcastChannels between processes. What they carry may be lost, doubled or overtaken. */
import type { Channel } from '../../../src/protocol';
import type { Chance } from '../chance';
import type { Process } from './process';

interface End extends Channel {
  process: Process;
  isClosed: boolean;
}

export class ChannelServer {
  readonly #ends = new Map<string, Set<End>>();
  readonly #chance: Chance;
  readonly #after: (ms: number, run: () => void) => void;
  /** How much of what is sent is lost, and how much is doubled. */
  loss = 0;
  doubling = 0;
  /** How late a message may be, in milliseconds: later ones overtake it. */
  delayMs = 1;

  constructor(chance: Chance, after: (ms: number, run: () => void) => void) {
    this.#chance = chance;
    this.#after = after;
  }

  open(process: Process, name: string): Channel {
    const ends = this.#ends.get(name) ?? new Set();
    this.#ends.set(name, ends);
    const end: End = {
      process,
      isClosed: false,
      onmessage: null,
      postMessage: (message) => {
        if (process.isDead) return;
        for (const other of ends) if (other !== end) this.#send(other, structuredClone(message));
      },
      close: () => {
        end.isClosed = true;
        ends.delete(end);
      },
    };
    ends.add(end);
    process.onDeath(end.close);
    return end;
  }

  #send(to: End, data: unknown): void {
    if (this.#chance.is(this.loss)) return;
    const times = this.#chance.is(this.doubling) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      this.#after(this.#chance.upTo(this.delayMs), () =>
        to.process.enter(() => {
          if (!to.isClosed) to.onmessage?.({ data } as MessageEvent);
        }),
      );
    }
  }
}
