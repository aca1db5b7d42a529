/** Deletes an instance that has ended, with its children that have, and theirs. */
import { InstanceRunningError } from '../../../src/core';
import type { Batch } from '../batch';
import type { PurgeMessage } from '../message';
import { existing, type Work } from './work';

export async function purge(work: Work, batch: Batch, message: PurgeMessage): Promise<void> {
  const { instances } = work;
  const instance = existing(work, batch, message);
  if (!instance) return;
  if (!instance.hasEnded) {
    const problem = `instance '${message.to}' is ${instance.status}: terminate it before it is purged`;
    return batch.reply(message, { error: new InstanceRunningError(problem) });
  }
  const doomed = new Set([instance]);
  // The set grows as children are found to have children.
  for (const each of doomed) {
    if (each.isParent === false) continue;
    for (const child of await instances.loadChildren(each.id, batch.touched)) if (child.hasEnded) doomed.add(child);
  }
  for (const each of doomed) {
    batch.delete(each);
    batch.count(each.name, each.counted, -1);
    instances.forget(each.id);
  }
  batch.reply(message, { value: doomed.size });
}
