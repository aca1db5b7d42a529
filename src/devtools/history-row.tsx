import { memo, type ReactNode } from 'react';
import type { HistoryEvent } from '../core/history';
import { Failure } from './failure';
import { formatClock, formatExact } from './format';
import type { HistoryLine } from './history-lines';
import { Value } from './value';

interface HistoryRowProps {
  line: HistoryLine;
  onSelect: (id: string) => void;
}

export const HistoryRow = memo(
  function HistoryRow({ line, onSelect }: HistoryRowProps) {
    const { index, event, time } = line;
    return (
      <tr className={rowClasses[event.type]}>
        <td className="pd-index">{index}</td>
        <td className="pd-time">
          {time ? (
            <time dateTime={time.toISOString()} title={formatExact(time)}>
              {formatClock(time)}
            </time>
          ) : (
            <span title="Kept for a later turn">kept</span>
          )}
        </td>
        <td className="pd-type">{event.type}</td>
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
    before.onSelect === after.onSelect,
);

const rowClasses: { readonly [T in HistoryEvent['type']]?: string } = {
  OrchestratorStarted: 'pd-turn-start',
  OrchestratorCompleted: 'pd-turn-end',
  TaskFailed: 'pd-failed',
  SubOrchestrationInstanceFailed: 'pd-failed',
};

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
          <Payload label="input" value={event.input} />
        </>
      );
    case 'ExecutionTerminated':
      return event.reason;
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
    case 'ContinueAsNew':
      return <Payload label="input" value={event.input} />;
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

function TaskName({ line: { event, taskName } }: { line: HistoryLine }) {
  return (
    <span>
      {taskName !== undefined && <b>{taskName}</b>}{' '}
      {'taskId' in event && <span className="pd-muted">task {event.taskId}</span>}
    </span>
  );
}

function IdLink({ id, onSelect }: { id: string; onSelect: (id: string) => void }) {
  return (
    <button type="button" className="pd-link pd-id" onClick={() => onSelect(id)}>
      {id}
    </button>
  );
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
