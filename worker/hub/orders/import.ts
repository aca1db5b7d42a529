/**
 * Takes in an instance of another hub, with the children that it waits for. Here they get executions of their own; what is
 * drawn from an execution's number, ids and chance, stays as it was, or their replay would disagree.
 */
import { type ExecutionStarted, InstanceExistsError } from '../../../src/core';
import type { InstanceCopy } from '../../../src/protocol';
import { foldNew } from '../../store/tail';
import type { Batch } from '../batch';
import { Instance } from '../instance';
import type { ImportMessage } from '../message';
import { pack } from '../payloads';
import type { Work } from './work';

/** New executions by those that were exported. */
type Executions = ReadonlyMap<number, number>;

/** Gives those that may go on. */
export async function importCopies(work: Work, batch: Batch, message: ImportMessage): Promise<Instance[]> {
  const { copies } = message;
  await work.instances.load(copies.map((copy) => copy.instanceId));
  for (const { instanceId } of copies) {
    const known = work.instances.get(instanceId);
    if (!known || known.hasEnded) continue;
    const problem = `instance '${instanceId}' is ${known.status} already: what is exported cannot take its place`;
    batch.reply(message, { error: new InstanceExistsError(problem) });
    return [];
  }
  const executions = new Map(copies.map((copy) => [copy.execution, batch.nextExecution()]));
  const imported = copies.map((copy) => take(work, batch, copy, executions));
  batch.reply(message, { value: message.to });
  return imported;
}

function take({ instances }: Work, batch: Batch, copy: InstanceCopy, executions: Executions): Instance {
  const { instanceId: id, createdTime, customStatus, waits } = copy;
  const known = instances.get(id);
  const events = copy.history.map((event) =>
    event.type === 'ExecutionStarted' ? adopt(event, copy, executions) : event,
  );
  const execution = executions.get(copy.execution) as number;
  const { row } = foldNew({ kind: 'create', id, execution, createdTime: createdTime.getTime(), events }, batch.time);
  const instance = Instance.of({ ...row, count: 0 });
  batch.create(instance);
  if (known) batch.count(known.name, known.counted, -1);
  batch.count(instance.name, instance.counted, 1);
  batch.append(instance, events);
  if (customStatus !== undefined) {
    batch.change(instance, { customStatus: pack(customStatus, 'the custom status', instance, batch.payloads) });
  }
  batch.change(instance, { waits: instance.hasEnded ? [] : waits });
  instances.forget(id);
  instances.add(instance);
  batch.resumed.add(id);
  return instance;
}

/** A start as this hub has it. A parent that does not come along is told nothing. */
function adopt(event: ExecutionStarted, copy: InstanceCopy, executions: Executions): ExecutionStarted {
  const { parent } = event;
  const adopted: ExecutionStarted = { ...event, execution: event.execution ?? copy.execution };
  if (!parent) return adopted;
  const execution = executions.get(parent.execution);
  return { ...adopted, parent: execution === undefined ? { ...parent, detached: true } : { ...parent, execution } };
}
