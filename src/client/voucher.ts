/**
 * Answers for this page's worker when other tabs ask whether the owner of the hub is there: while the worker is in a long
 * turn it cannot, and would be taken for frozen. If it hangs for good, this page ends it.
 */
import { type Channel, type OwnerTalk, ownerChannel } from '../protocol';
import type { Page } from './page';

export class Voucher {
  readonly #page: Page;
  readonly #name: string;
  readonly #onProbe: () => void;
  #channel: Channel | undefined;

  /** @param onProbe another tab asks */
  constructor(taskHub: string, page: Page, onProbe: () => void) {
    this.#page = page;
    this.#name = ownerChannel(taskHub);
    this.#onProbe = onProbe;
  }

  /** @param isOwner whether this page's worker owns the hub */
  set(isOwner: boolean): void {
    if (isOwner === (this.#channel !== undefined)) return;
    if (!isOwner) {
      this.#channel?.close();
      this.#channel = undefined;
      return;
    }
    const channel = this.#page.openChannel(this.#name);
    if (!channel) return;
    channel.onmessage = ({ data }: MessageEvent<OwnerTalk>) => {
      if (data.kind !== 'probe') return;
      channel.postMessage({ kind: 'vouch' } satisfies OwnerTalk);
      this.#onProbe();
    };
    this.#channel = channel;
  }
}
