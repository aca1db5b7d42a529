/** Stands where a page has its worker: what is posted is copied and arrives a little later, and nothing leaves the process. */
import type { HostPort } from '../client/host-worker';
import type { HostMessage, PageMessage } from '../protocol';
import type { Work } from './work';

export class InProcessWorker implements HostPort {
  onmessage: HostPort['onmessage'] = null;
  onerror: HostPort['onerror'] = null;
  readonly #work: Work;
  readonly #receive: (message: PageMessage) => void;

  /** @param receive takes what the page posts */
  constructor(work: Work, receive: (message: PageMessage) => void) {
    this.#work = work;
    this.#receive = receive;
  }

  /** The page's side. */
  postMessage(message: PageMessage): void {
    const copy = structuredClone(message);
    void this.#work.soon(() => this.#receive(copy));
  }

  /** The host's side. */
  send(message: HostMessage): void {
    const copy = structuredClone(message);
    void this.#work.soon(() => this.onmessage?.(new MessageEvent('message', { data: copy })));
  }

  terminate(): void {
    this.onmessage = null;
  }
}
