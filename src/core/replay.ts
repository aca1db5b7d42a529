/**
 * Brings an execution to where its history ends: each recorded turn is run again, and must decide what it decided then.
 * The history is right; where the code disagrees, the code has changed or is not deterministic.
 */
import { NewerSchemaError, NonDeterminismError } from './errors';
import type { Execution } from './execution';
import type { DecisionEvent, HistoryEvent, MessageEvent } from './history';
import { describeBinary, isPayloadRef, payloadKey } from './payload';
import { equalValues } from './values';

/**
 * Replays a history.
 * @returns the messages at its end that no turn has played yet
 * @throws NonDeterminismError when a turn's decisions are not those that are recorded
 * @throws NewerSchemaError when it holds an event that this version does not know
 */
export async function replay(execution: Execution, history: readonly HistoryEvent[]): Promise<MessageEvent[]> {
  execution.replaying = true;
  let unplayed: MessageEvent[] = [];
  let decisions: DecisionEvent[] = [];
  let at = 0;
  for (const [index, event] of history.entries()) {
    switch (event.type) {
      case 'OrchestratorStarted':
        at = event.at;
        break;
      case 'OrchestratorCompleted': {
        const running = execution.turn(at, unplayed);
        // Awaiting a turn that is ready would cost a microtask per turn of a long history.
        const turn = running instanceof Promise ? await running : running;
        compare(execution, decisions, turn.decisions, index - decisions.length);
        unplayed = [];
        decisions = [];
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
      case 'ContinueAsNew':
      case 'ExecutionCompleted':
        decisions.push(event);
        break;
      default:
        throw new NewerSchemaError(
          `event ${index} of '${execution.instanceId}' is a '${(event as { type: string }).type}', which this version does not know: a newer one wrote it`,
        );
    }
  }
  execution.replaying = false;
  return unplayed;
}

function compare(
  execution: Execution,
  recorded: readonly DecisionEvent[],
  actual: readonly DecisionEvent[],
  firstIndex: number,
): void {
  const length = Math.max(recorded.length, actual.length);
  for (let i = 0; i < length; i++) {
    const [was, is] = [recorded[i], actual[i]];
    if (was && is && sameDecision(was, is, execution)) continue;
    throw new NonDeterminismError(
      `the replay of '${execution.instanceId}' disagrees with its history: event ${firstIndex + i} records ${was ? describe(was) : 'no further call in this turn'}, but the code now makes ${is ? describe(is) : 'no further call'}. Either the orchestrator has changed since the instance started, or it depends on something that changes, such as the time, chance or a global variable`,
    );
  }
}

function sameDecision(recorded: DecisionEvent, actual: DecisionEvent, execution: Execution): boolean {
  if (recorded.type !== actual.type) return false;
  // A failure's stack depends on the build; that the orchestration failed, and with what, does not.
  if (recorded.type === 'ExecutionCompleted' && actual.type === 'ExecutionCompleted' && recorded.failure) {
    return recorded.failure.name === actual.failure?.name && recorded.failure.message === actual.failure.message;
  }
  return equalValues(recorded, actual, (was, is) => sameBinary(was, is, execution));
}

function sameBinary(recorded: unknown, actual: object, execution: Execution): boolean {
  const origin = execution.surroundings.originOf(actual);
  if (!isPayloadRef(recorded)) return origin === undefined && sameShape(describeBinary(recorded as object), actual);
  const { [payloadKey]: ref } = recorded;
  const from = origin?.[payloadKey];
  return from?.execution === ref.execution ? from.number === ref.number : sameShape(ref, actual);
}

function sameShape(recorded: { size: number; type: string }, actual: object): boolean {
  const { size, type } = describeBinary(actual);
  return recorded.size === size && recorded.type === type;
}

function describe(decision: DecisionEvent): string {
  switch (decision.type) {
    case 'TaskScheduled':
      return `a call of activity '${decision.name}' (task ${decision.taskId})`;
    case 'SubOrchestrationInstanceCreated':
      return `a call of orchestration '${decision.name}' (task ${decision.taskId})`;
    case 'TimerCreated':
      return `a timer for ${new Date(decision.fireAt).toISOString()} (task ${decision.taskId})`;
    case 'TaskCanceled':
      return `the cancelling of task ${decision.taskId}`;
    case 'ContinueAsNew':
      return 'continueAsNew';
    case 'ExecutionCompleted':
      return `the end of the orchestration (${decision.status})`;
  }
}
