import { memo, type ReactNode } from 'react';
import type { HistoryEvent, RunOptions } from '../core/history';
import { Failure } from './failure';
import { formatClock, formatDuration, formatExact } from './format';
import type { HistoryLine } from './history-lines';
import { IdLink } from './id-link';
import { Value } from './value';

interface HistoryRowProps {
  line: HistoryLine;
  onSelect: (id: string) => void;
}

export const HistoryRow = memo(
  function HistoryRow({ line, onSelect }: HistoryRowProps) {
    const { index, event, time, isPassedOver } = line;
    const className = [rowClasses[event.type], isPassedOver && 'pd-passed-over'].filter(Boolean).join(' ');
    return (
      <tr className={className || undefined}>
        <td className="pd-index">{index}</td>
        <td className="pd-time">
          {time ? (
            <time dateTime={time.toISOString()} title={formatExact(time)}>
              {formatClock(time)}
            </time>
          ) : (
            !isStanding(event) && <span title="Kept for a later turn">kept</span>
          )}
        </td>
        <td className="pd-type" title={isPassedOver ? 'Passed over: the instance was rewound to before it' : undefined}>
          {event.type}
        </td>
        <td className="pd-event">
          <div className="pd-event-line">
            <EventDetails line={line} onSelect={onSelect} />
          </div>
        </td>
      </tr>
    );
  },
  // A new view has new lines, though what is recorded stays as it is.
  (before, after) =>
    before.line.event === after.line.event &&
    before.line.index === after.line.index &&
    before.line.time?.getTime() === after.line.time?.getTime() &&
    before.line.taskName === after.line.taskName &&
    before.line.isPassedOver === after.line.isPassedOver &&
    before.onSelect === after.onSelect,
);

const rowClasses: { readonly [T in HistoryEvent['type']]?: string } = {
  OrchestratorStarted: 'pd-turn-start',
  OrchestratorCompleted: 'pd-turn-end',
  ExecutionSuspended: 'pd-standing',
  ExecutionResumed: 'pd-standing',
  ExecutionRewound: 'pd-standing',
  TaskFailed: 'pd-failed',
  SubOrchestrationInstanceFailed: 'pd-failed',
};

/** Whether it tells what was done to the instance as a whole, between its turns. */
function isStanding({ type }: HistoryEvent): boolean {
  return type === 'ExecutionSuspended' || type === 'ExecutionResumed' || type === 'ExecutionRewound';
}

/** How an activity is to be run, in a few words. */
function Run({ run }: { run: RunOptions | undefined }) {
  if (!run) return null;
  const { timeout, heartbeatTimeout, runWhen, priority, transfer } = run;
  const words = [
    timeout !== undefined && `within ${formatDuration(timeout)}`,
    heartbeatTimeout !== undefined && `a heartbeat every ${formatDuration(heartbeatTimeout)}`,
    runWhen && `when ${runWhen}`,
    priority !== undefined && `priority ${priority}`,
    transfer && 'moved, not copied',
  ];
  return <span className="pd-muted">{words.filter(Boolean).join(', ')}</span>;
}

function EventDetails({ line, onSelect }: HistoryRowProps): ReactNode {
  const { event } = line;
  switch (event.type) {
    case 'OrchestratorStarted':
    case 'OrchestratorCompleted':
      return null;
    case 'ExecutionStarted':
      return (
        <>
          <b>{event.name}</b>
          {event.parent && (
            <span>
              started by <IdLink id={event.parent.instanceId} onSelect={onSelect} />
            </span>
          )}
          <Version version={event.version} />
          {event.startAt !== undefined && <span>not before {formatExact(new Date(event.startAt))}</span>}
          <Payload label="tags" value={event.tags} />
          <Payload label="input" value={event.input} />
        </>
      );
    case 'ExecutionTerminated':
      return (
        <>
          {event.reason}
          {event.recursive && <span className="pd-muted">with its children</span>}
        </>
      );
    case 'ExecutionSuspended':
    case 'ExecutionResumed':
      return event.reason;
    case 'ExecutionRewound':
      return (
        <>
          {event.reason}
          <span className="pd-muted">The dimmed events from {event.from} on count no more.</span>
        </>
      );
    case 'EventRaised':
      return (
        <>
          <b>{event.name}</b>
          <Payload label="data" value={event.input} />
        </>
      );
    case 'TaskScheduled':
      return (
        <>
          <TaskName line={line} />
          <Run run={event.run} />
          <Payload label="input" value={event.input} />
        </>
      );
    case 'TaskCompleted':
    case 'SubOrchestrationInstanceCompleted':
      return (
        <>
          <TaskName line={line} />
          <Payload label="result" value={event.result} />
        </>
      );
    case 'TaskFailed':
    case 'SubOrchestrationInstanceFailed':
      return (
        <>
          <TaskName line={line} />
          <Failure failure={event.failure} />
        </>
      );
    case 'TimerCreated':
    case 'TimerFired':
      return (
        <>
          <TaskName line={line} />
          <span>due {formatExact(new Date(event.fireAt))}</span>
        </>
      );
    case 'SubOrchestrationInstanceCreated':
      return (
        <>
          <TaskName line={line} />
          <IdLink id={event.instanceId} onSelect={onSelect} />
          <Version version={event.version} />
          {event.detached && <span className="pd-muted">nobody waits for it</span>}
          <Payload label="tags" value={event.tags} />
          <Payload label="input" value={event.input} />
        </>
      );
    case 'TaskCanceled':
      return (
        <>
          <TaskName line={line} />
          {event.reason}
        </>
      );
    case 'EventSent':
      return (
        <>
          <b>{event.name}</b>
          <span>
            to <IdLink id={event.instanceId} onSelect={onSelect} />
          </span>
          <Payload label="data" value={event.input} />
        </>
      );
    case 'CompensationAdded':
      return (
        <>
          <span>
            <b>{event.name}</b> <span className="pd-muted">undo step {event.id}</span>
          </span>
          <Payload label="input" value={event.input} />
        </>
      );
    case 'CompensationsRemoved':
      return (
        <span className="pd-muted">
          undo {event.ids.length === 1 ? 'step' : 'steps'} {event.ids.join(', ')}
        </span>
      );
    case 'PatchMarked':
      return <b>{event.id}</b>;
    case 'ContinueAsNew':
      return (
        <>
          <Version version={event.version} />
          {event.dropEvents && <span className="pd-muted">without the events that are left</span>}
          <Payload label="input" value={event.input} />
        </>
      );
    case 'ExecutionCompleted':
      return (
        <>
          <b>{event.status}</b>
          {event.failure ? <Failure failure={event.failure} /> : <Payload label="result" value={event.result} />}
        </>
      );
    default:
      // Recorded by a newer perdure.
      return <Value value={event} />;
  }
}

function TaskName({ line: { event, taskName, attempt } }: { line: HistoryLine }) {
  return (
    <span>
      {taskName !== undefined && <b>{taskName}</b>}{' '}
      {'taskId' in event && (
        <span className="pd-muted">
          task {event.taskId}
          {attempt && `, attempt ${attempt.number} of call ${attempt.call}`}
        </span>
      )}
    </span>
  );
}

function Version({ version }: { version: string | undefined }) {
  return version !== undefined && <span>version {version}</span>;
}

function Payload({ label, value }: { label: string; value: unknown }) {
  if (value === undefined) return null;
  return (
    <div className="pd-payload">
      <span className="pd-muted">{label}</span>
      <Value value={value} />
    </div>
  );
}
