/**
 * Where the page stands: the process that is shown, the selected instance, and on a phone the panel. It is kept in the
 * address, so that a reload comes back to the same view and a link leads to it.
 */
import { useSyncExternalStore } from 'react';

export const panels = ['gallery', 'instances', 'calls'] as const;
export type Panel = (typeof panels)[number];

export interface Place {
  /** The process's slug; empty where the address names none. */
  readonly process: string;
  readonly instance: string | undefined;
  readonly panel: Panel;
}

const listeners = new Set<() => void>();
let lastHref = '';
let lastPlace: Place | undefined;

function currentPlace(): Place {
  if (lastPlace && lastHref === location.href) return lastPlace;
  const { hash, searchParams } = new URL(location.href);
  lastHref = location.href;
  lastPlace = {
    process: hash.slice(1),
    instance: searchParams.get('instance') ?? undefined,
    panel: panels.find((panel) => panel === searchParams.get('panel')) ?? 'gallery',
  };
  return lastPlace;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, currentPlace);
}

export function selectInstance(id: string | undefined): void {
  replaceParameter('instance', id);
}

export function showPanel(panel: Panel): void {
  replaceParameter('panel', panel === 'gallery' ? undefined : panel);
}

function replaceParameter(name: string, value: string | undefined): void {
  const url = new URL(location.href);
  if (value === undefined) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(null, '', url);
  for (const listener of listeners) listener();
}
