import type { Instance } from '../client';

/** Whether an instance has not ended. */
export function isActive({ runtimeStatus }: Instance): boolean {
  return runtimeStatus === 'Pending' || runtimeStatus === 'Running' || runtimeStatus === 'Suspended';
}
