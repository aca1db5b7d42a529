import type { DecisionEvent, EventRaised, HistoryEvent } from './history';

/** What a turn led to. */
export interface Turn {
  /** What the turn adds to the history. Empty if no message concerned the execution. */
  events: HistoryEvent[];
  decisions: readonly DecisionEvent[];
  /** Present if it was set in this turn. */
  customStatus?: { value: unknown };
  /** The names of the events that it waits for now; absent if unchanged. */
  waits?: readonly string[];
  /** Whether the execution is over. */
  ended: boolean;
  /** Events that the next execution begins with, when it goes on as a new one. */
  kept: readonly EventRaised[];
  /** GUIDs drawn so far. */
  guids: number;
}
