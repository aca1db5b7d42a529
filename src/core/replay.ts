/**
 * Brings an execution to where its history ends: each recorded turn is run again, and must decide what it decided then.
 * The history is right; where the code disagrees, the code has changed or is not deterministic.
 */
import { NewerSchemaError } from './errors';
import type { Execution } from './execution';
import type { DecisionEvent, HistoryEvent, MessageEvent } from './history';
import { checkDecisions } from './mismatch';
import { effectiveHistory, type Placed } from './rewind';

/**
 * Replays a history.
 * @returns the messages at its end that no turn has played yet
 * @throws NonDeterminismError when a turn's decisions are not those that are recorded
 * @throws NewerSchemaError when it holds an event that this version does not know
 */
export async function replay(execution: Execution, history: readonly HistoryEvent[]): Promise<MessageEvent[]> {
  const events = effectiveHistory(history);
  let unplayed: MessageEvent[] = [];
  let recorded: Placed<DecisionEvent>[] = [];
  let at = 0;
  let turns = 0;
  for (const [position, placed] of events.entries()) {
    const { event, index } = placed;
    switch (event.type) {
      case 'OrchestratorStarted':
        at = event.at;
        break;
      case 'OrchestratorCompleted': {
        execution.replayed = recorded.map((decision) => decision.event);
        const running = execution.turn(at, unplayed);
        // Awaiting a turn that is ready would cost a microtask per turn of a long history.
        const { decisions } = running instanceof Promise ? await running : running;
        turns++;
        checkDecisions(execution, recorded, decisions, {
          turn: turns,
          end: index,
          later: () => events.slice(position),
        });
        unplayed = [];
        recorded = [];
        break;
      }
      case 'ExecutionStarted':
      case 'ExecutionTerminated':
      case 'EventRaised':
      case 'TaskCompleted':
      case 'TaskFailed':
      case 'TimerFired':
      case 'SubOrchestrationInstanceCompleted':
      case 'SubOrchestrationInstanceFailed':
        unplayed.push(event);
        break;
      case 'TaskScheduled':
      case 'TimerCreated':
      case 'SubOrchestrationInstanceCreated':
      case 'TaskCanceled':
      case 'EventSent':
      case 'CompensationAdded':
      case 'CompensationsRemoved':
      case 'PatchMarked':
      case 'ContinueAsNew':
      case 'ExecutionCompleted':
        recorded.push({ index, event });
        break;
      case 'ExecutionRewound':
        execution.calls.rewound(event.taskIds);
        break;
      case 'ExecutionSuspended':
      case 'ExecutionResumed':
        break;
      default:
        throw new NewerSchemaError(
          `event ${index} of '${execution.instanceId}' is a '${(event as { type: string }).type}', which this version does not know: a newer one wrote it`,
        );
    }
  }
  execution.replayed = undefined;
  return unplayed;
}
