/** What the orders need to be carried out, and what they have in common. */
import { InstanceNotFoundError, InstanceNotRunningError, type ParentLink } from '../../../src/core';
import type { Batch } from '../batch';
import type { Decisions } from '../decisions';
import type { Instance } from '../instance';
import type { Instances } from '../instances';
import type { Mailboxes } from '../mailboxes';
import type { Message } from '../message';
import type { HubSurroundings } from '../surroundings';

export interface Work {
  readonly hub: HubSurroundings;
  readonly instances: Instances;
  readonly mailboxes: Mailboxes;
  readonly decisions: Decisions;
}

/** The instance that an order is for. If there is none, its caller is told. */
export function existing({ instances }: Work, batch: Batch, message: Message): Instance | undefined {
  const instance = instances.get(message.to);
  if (!instance) batch.reply(message, { error: new InstanceNotFoundError(`there is no instance '${message.to}'`) });
  return instance;
}

/** Whether it is what this parent started as this task: ids can have come to mean another instance. */
export function isChildOf({ parent }: Instance, { instanceId, execution, taskId }: ParentLink): boolean {
  return parent?.instanceId === instanceId && parent.execution === execution && parent.taskId === taskId;
}

/** The same, if it has not ended. */
export function running(work: Work, batch: Batch, message: Message, what: string): Instance | undefined {
  const instance = existing(work, batch, message);
  if (!instance?.hasEnded) return instance;
  const problem = `instance '${message.to}' cannot be ${what}: it is ${instance.status} already`;
  batch.reply(message, { error: new InstanceNotRunningError(problem) });
  return undefined;
}

/** A key only where there is a reason. */
export function reasonOf({ reason }: { reason?: string }): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
