/** Which rows a filter lets through. */
import type { RuntimeStatus } from '../../src/core';
import type { Filter } from '../../src/protocol';
import type { PageRow } from '../store/store';

/** Where an instance stands, as everybody outside sees it. */
export function runtimeStatusOf({ status, parked, suspended }: PageRow): RuntimeStatus {
  return parked || suspended ? 'Suspended' : status;
}

export function matches(row: PageRow, filter: Filter): boolean {
  const { name, runtimeStatus, idPrefix, parent, tags } = filter;
  if (name !== undefined && row.name !== name) return false;
  if (idPrefix !== undefined && !row.id.startsWith(idPrefix)) return false;
  if (parent !== undefined && row.parent?.instanceId !== parent) return false;
  if (runtimeStatus && !runtimeStatus.includes(runtimeStatusOf(row))) return false;
  if (!isWithin(row.createdTime, filter.createdTimeFrom, filter.createdTimeTo)) return false;
  if (!isWithin(row.updatedTime, filter.lastUpdatedTimeFrom, filter.lastUpdatedTimeTo)) return false;
  return (
    !tags ||
    Object.entries(tags).every(([tag, value]) => row.tags && Object.hasOwn(row.tags, tag) && row.tags[tag] === value)
  );
}

function isWithin(time: number, from: Date | undefined, to: Date | undefined): boolean {
  return (!from || time >= from.getTime()) && (!to || time < to.getTime());
}
