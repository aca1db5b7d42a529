/**
 * The page as a connection needs it: its time, what becomes of it, and how it reaches its other tabs. It is handed in, so
 * that a simulation of several tabs can freeze, hide and crash each.
 */
import type { Channel } from '../protocol';
import { Attention, type AttentionState } from './attention';

export interface PageEvents {
  /** It goes for good: the browser ends its workers. */
  leaving(): void;
  /** It goes into the browser's cache of pages, or is frozen: nothing of it may run on. */
  away(): void;
  /** It is back from there. */
  back(): void;
  /** Another page has left a note. */
  note(key: string, text: string): void;
}

export interface Page {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** Undefined where there are none. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  openChannel(name: string): Channel | undefined;
  /** What pages of this origin leave for each other; it outlives them. Undefined if there is none. */
  note(key: string): string | undefined;
  leaveNote(key: string, text: string | undefined): void;
  /** Tells whether somebody sees or uses the page, as often as that changes. */
  attention(tell: (state: AttentionState) => void): Pick<Attention, 'tell' | 'stop'>;
  /** Returns what ends it. */
  listen(events: PageEvents): () => void;
}

export const browserPage: Page = {
  now: () => performance.now(),
  setTimer: (callback, ms) => setTimeout(callback, ms),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout> | undefined),
  get locks() {
    return globalThis.navigator?.locks;
  },
  openChannel: (name) => (typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name)),
  note(key) {
    try {
      return localStorage.getItem(key) ?? undefined;
    } catch {
      // Without storage of its own, a page is taken for one that crashed.
      return undefined;
    }
  },
  leaveNote(key, text) {
    try {
      if (text === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      // As above.
    }
  },
  attention: (tell) => new Attention(tell),
  listen({ leaving, away, back, note }) {
    // A worker that is ended while it writes a large file can leave WebKit's storage hanging; the browser's own way does not.
    const onHide = ({ persisted }: PageTransitionEvent) => (persisted ? away() : leaving());
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && back();
    const onStorage = ({ key, newValue }: StorageEvent) => key !== null && newValue !== null && note(key, newValue);
    const scope = globalThis as Partial<Pick<Window, 'addEventListener' | 'removeEventListener' | 'document'>>;
    scope.addEventListener?.('pagehide', onHide);
    scope.addEventListener?.('pageshow', onShow);
    scope.addEventListener?.('storage', onStorage);
    // These come to the document, and only in browsers that freeze pages they still show.
    scope.document?.addEventListener('freeze', away);
    scope.document?.addEventListener('resume', back);
    return () => {
      scope.removeEventListener?.('pagehide', onHide);
      scope.removeEventListener?.('pageshow', onShow);
      scope.removeEventListener?.('storage', onStorage);
      scope.document?.removeEventListener('freeze', away);
      scope.document?.removeEventListener('resume', back);
    };
  },
};
