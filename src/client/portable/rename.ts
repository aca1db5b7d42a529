/**
 * An instance under another id. Ids that were made from the old one follow it, since a replay makes them anew from the
 * new one: those of sub-orchestrations that were given none.
 */
import type { HistoryEvent, ParentLink } from '../../core/history';
import { checkName } from '../../core/names';
import type { InstanceCopy } from '../../protocol';
import type { Copies } from './format';

/**
 * @returns copies of which the first has this id
 * @throws InvalidNameError when the id of a sub-orchestration would grow too long
 */
export function renameInstance(copies: Copies, instanceId: string): InstanceCopy[] {
  const old = copies[0]?.instanceId;
  const rename = (id: string) => {
    const renamed = id === old ? instanceId : id.startsWith(`${old}:`) ? instanceId + id.slice(old?.length) : id;
    checkName(renamed, 'an instance id');
    return renamed;
  };
  const renameParent = (parent: ParentLink) => ({ ...parent, instanceId: rename(parent.instanceId) });
  const renameEvent = (event: HistoryEvent): HistoryEvent => {
    if (event.type === 'SubOrchestrationInstanceCreated' || event.type === 'EventSent') {
      return { ...event, instanceId: rename(event.instanceId) };
    }
    if (event.type === 'ExecutionStarted' && event.parent) return { ...event, parent: renameParent(event.parent) };
    return event;
  };
  return copies.map((copy) => ({
    ...copy,
    instanceId: rename(copy.instanceId),
    ...(copy.parent && { parent: renameParent(copy.parent) }),
    history: copy.history.map(renameEvent),
  }));
}
