/**
 * Ends an instance where it stands. Nothing of its orchestrator runs any more, also not what it registered to undo its
 * steps; but that is recorded, so an orchestration of the hub's own calls it.
 */
import {
  type CompensationStep,
  compensationName,
  type ExecutionStarted,
  type FailureDetails,
  type HistoryEvent,
  maxNameLength,
  openCompensations,
  PayloadError,
  type SubOrchestrationInstanceCreated,
} from '../../../src/core';
import type { OpenTask } from '../../store/records';
import type { Batch } from '../batch';
import type { Instance } from '../instance';
import { Unpacking } from '../payloads';
import type { Work } from './work';

export interface Ending {
  reason?: string;
  /** The sub-orchestrations that it waits for end as well. */
  recursive?: true;
}

export async function terminate(work: Work, batch: Batch, instance: Instance, ending: Ending): Promise<void> {
  const { decisions, instances } = work;
  const { reason, recursive } = ending;
  const open = instances.committed(instance)?.open ?? new Map<number, OpenTask>();
  const children = recursive ? [...childrenIn(open.values()), ...childrenIn(instance.uncommitted)] : [];
  batch.append(instance, [
    { type: 'ExecutionTerminated', ...(reason !== undefined && { reason }), ...(recursive && { recursive }) },
  ]);
  await undoSteps(work, batch, instance);
  batch.cancelAll(instance, open.keys(), reason ?? 'the instance was terminated');
  decisions.end(batch, instance, 'Terminated');
  const { id, execution, name } = instance;
  for (const { instanceId, taskId } of children) {
    decisions.terminate(batch, instanceId, { instanceId: id, execution, taskId, name }, reason);
  }
  decisions.tellParent(batch, instance.parent, { failure: terminated(reason) });
}

/** What a parent is told of a child that was terminated. */
export function terminated(reason: string | undefined): FailureDetails {
  return { name: 'InstanceTerminatedError', message: reason ?? 'terminated', code: 'InstanceTerminated' };
}

interface Child {
  taskId: number;
  instanceId: string;
}

/** The sub-orchestrations that are waited for, of open tasks or of events. */
function childrenIn(items: Iterable<OpenTask | HistoryEvent>): Child[] {
  return [...items].flatMap((item): Child[] => {
    const isChild =
      'kind' in item
        ? item.kind === 'subOrchestration'
        : item.type === 'SubOrchestrationInstanceCreated' && !item.detached;
    return isChild ? [item as Child] : [];
  });
}

/** Has called what an instance registered to undo its steps, now that it is over and cannot do so itself. */
export function undoSteps(work: Work, batch: Batch, instance: Instance): void | Promise<void> {
  const committed = work.instances.committed(instance)?.row.compensations ?? 0;
  if (committed > 0 || instance.uncommitted.some(({ type }) => type === 'CompensationAdded')) {
    return undoOpenSteps(work, batch, instance);
  }
}

async function undoOpenSteps(work: Work, batch: Batch, instance: Instance): Promise<void> {
  const { instances } = work;
  const steps = openCompensations(await instances.history(instance));
  if (steps.length > 0) await compensate(work, batch, instance, steps);
}

async function compensate(work: Work, batch: Batch, instance: Instance, steps: CompensationStep[]): Promise<void> {
  const { id, execution, name } = instance;
  const to = undoInstanceId(instance);
  const input = { steps: await readable(work, instance, steps) };
  const event: ExecutionStarted = {
    type: 'ExecutionStarted',
    name: compensationName,
    parent: { instanceId: id, execution, taskId: -1, name, detached: true },
  };
  const created = batch
    .append(instance, [
      {
        type: 'SubOrchestrationInstanceCreated',
        taskId: -1,
        name: compensationName,
        instanceId: to,
        input,
        detached: true,
      },
    ])
    .at(-1) as SubOrchestrationInstanceCreated;
  instance.isParent = true;
  work.decisions.start(batch, to, event, input, created.input, true);
}

/** The steps with what they hold. One whose input is lost cannot be undone; that must not keep the others. */
async function readable({ hub }: Work, instance: Instance, steps: CompensationStep[]): Promise<CompensationStep[]> {
  const unpacking = new Unpacking(hub, instance.origins);
  const found = steps.map(async (step) => {
    try {
      return step.input === undefined ? step : { ...step, input: await unpacking.value(step.input) };
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      hub.log(instance.id, [`'${step.name}' cannot be called to undo a step:`, error.message]);
      return [];
    }
  });
  return (await Promise.all(found)).flat();
}

/** An execution that is rewound can come to be undone again, but not at the same length of its history. */
function undoInstanceId({ id, execution, count }: Instance): string {
  const own = `undo-${execution.toString(36)}-${count}`;
  return id.length + own.length < maxNameLength ? `${id}:${own}` : own;
}
