import { useEffect, useRef, useState } from 'react';
import type { InstanceFilter } from '../client/types';
import type { AnyInstancesView, StatusClient } from './client';

const shortestPauseMs = 2_000;

/**
 * How many instances match a filter, once it is known. It follows the list, but a filter may take a look at every
 * instance: so the longer a count takes, the longer it is until the next one.
 *
 * @param view the list, of which there is more than it shows; undefined if there is nothing to count
 */
export function useCount(
  client: StatusClient,
  filter: InstanceFilter,
  view: AnyInstancesView | undefined,
): number | undefined {
  const [counted, setCounted] = useState<{ filter: InstanceFilter; count: number }>();
  const hasChanged = useRef(true);
  const isNeeded = view !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new view is a change
  useEffect(() => {
    hasChanged.current = true;
  }, [view]);

  useEffect(() => {
    if (!isNeeded) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const began = performance.now();
      if (hasChanged.current) {
        hasChanged.current = false;
        // The list itself says what is wrong with the hub.
        const count = await client.countInstances(filter).catch(() => undefined);
        if (isOver) return;
        if (count !== undefined) setCounted({ filter, count });
      }
      timer = setTimeout(look, Math.max(shortestPauseMs, 10 * (performance.now() - began)));
    };
    hasChanged.current = true;
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [client, filter, isNeeded]);

  return counted?.filter === filter ? counted.count : undefined;
}
