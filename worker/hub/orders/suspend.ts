/** Holding an instance still, and letting it go on. */
import type { Batch } from '../batch';
import type { Instance } from '../instance';
import type { SuspendMessage } from '../message';
import { reasonOf, running, type Work } from './work';

/** What comes is kept from now on. */
export function suspend(work: Work, batch: Batch, message: SuspendMessage): void {
  const instance = running(work, batch, message, 'suspended');
  if (!instance) return;
  if (!instance.isSuspended) {
    batch.append(instance, [{ type: 'ExecutionSuspended', ...reasonOf(message) }]);
    batch.recount(instance, () => {
      instance.isSuspended = true;
    });
  }
  batch.reply(message, {});
}

/** Gives the instance if it may go on now. One that is parked is to be tried again. */
export function resume(work: Work, batch: Batch, message: SuspendMessage): Instance | undefined {
  const instance = running(work, batch, message, 'resumed');
  if (!instance) return undefined;
  batch.reply(message, {});
  if (!instance.isSuspended && !instance.parked) return undefined;
  if (instance.isSuspended) {
    batch.append(instance, [{ type: 'ExecutionResumed', ...reasonOf(message) }]);
    batch.recount(instance, () => {
      instance.isSuspended = false;
    });
  }
  if (instance.parked) unpark(batch, instance);
  return instance;
}

export function unpark(batch: Batch, instance: Instance): void {
  // Some of its activities may not have been run, for want of a key.
  batch.resumed.add(instance.id);
  batch.recount(instance, () => {
    instance.parked = undefined;
  });
  batch.change(instance, { parked: null });
}
