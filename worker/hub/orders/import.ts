/**
 * Takes in an instance of another hub, with the children that it waits for. Here they get executions of their own; what is
 * drawn from an execution's number, ids and chance, stays as it was, or their replay would disagree.
 */
import { type ExecutionStarted, type HistoryEvent, InstanceExistsError, type PerdureError } from '../../../src/core';
import type { InstanceCopy } from '../../../src/protocol';
import { foldNew } from '../../store/tail';
import type { Batch } from '../batch';
import { Instance } from '../instance';
import type { ImportMessage } from '../message';
import type { Work } from './work';

/** New executions by those that were exported. */
type Executions = ReadonlyMap<number, number>;

/** An instance as this hub will have it. */
interface Adopted {
  copy: InstanceCopy;
  instance: Instance;
  events: readonly HistoryEvent[];
}

/** Gives those that may go on. */
export async function importCopies(work: Work, batch: Batch, message: ImportMessage): Promise<Instance[]> {
  const { copies } = message;
  await work.instances.load(copies.map((copy) => copy.instanceId));
  const executions = new Map(copies.map((copy) => [copy.execution, batch.nextExecution()]));
  const adopted = copies.map((copy) => adopt(copy, executions, batch.time));
  const error = problemOf(work, adopted);
  if (error) {
    batch.reply(message, { error });
    return [];
  }
  for (const each of adopted) take(work, batch, each);
  batch.reply(message, { value: message.to });
  return adopted.map(({ instance }) => instance);
}

/** Why they cannot be taken in, if so. */
function problemOf({ hub, instances }: Work, adopted: readonly Adopted[]): PerdureError | undefined {
  for (const { instance } of adopted) {
    const { id, name, version } = instance;
    const known = instances.get(id);
    if (known && !known.hasEnded) {
      return new InstanceExistsError(
        `instance '${id}' is ${known.status} already: what is exported cannot take its place`,
      );
    }
    // What has ended needs no code any more.
    const { orchestrations } = hub;
    if (!instance.hasEnded && !orchestrations.find(name, version)) return orchestrations.unknown(name, version);
  }
  return undefined;
}

function adopt(copy: InstanceCopy, executions: Executions, time: number): Adopted {
  const { instanceId: id, createdTime } = copy;
  const events = copy.history.map((event) =>
    event.type === 'ExecutionStarted' ? adoptStart(event, copy, executions) : event,
  );
  const execution = executions.get(copy.execution) as number;
  const { row } = foldNew({ kind: 'create', id, execution, createdTime: createdTime.getTime(), events }, time);
  return { copy, events, instance: Instance.of({ ...row, count: 0 }) };
}

function take({ instances }: Work, batch: Batch, { copy, instance, events }: Adopted): void {
  const { customStatus, waits, heartbeats = [] } = copy;
  const { id } = instance;
  const known = instances.get(id);
  batch.create(instance);
  if (known) batch.count(known.name, known.counted, -1);
  batch.count(instance.name, instance.counted, 1);
  batch.append(instance, events);
  if (customStatus !== undefined) batch.setStatus(instance, customStatus);
  batch.change(instance, { waits: instance.hasEnded ? [] : waits });
  for (const heartbeat of heartbeats) batch.beat(instance, heartbeat);
  instances.forget(id);
  instances.add(instance);
  batch.resumed.add(id);
}

/** A start as this hub has it. A parent that does not come along is told nothing. */
function adoptStart(event: ExecutionStarted, copy: InstanceCopy, executions: Executions): ExecutionStarted {
  const { parent } = event;
  const adopted: ExecutionStarted = { ...event, execution: event.execution ?? copy.execution };
  if (!parent) return adopted;
  const execution = executions.get(parent.execution);
  return { ...adopted, parent: execution === undefined ? { ...parent, detached: true } : { ...parent, execution } };
}
