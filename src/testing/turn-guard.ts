/**
 * Holds orchestrators to determinism in a thread that they share with the test and its activities. The patched globals
 * must be in force for all that an async orchestrator does, and for nothing else: so they are lifted as soon as all its
 * continuations have run, before anybody else's can.
 */
import { enter, installGuards, leave } from '../../worker/determinism';
import { hop } from '../../worker/platform';
import type { Execution } from '../core';

/** Where nothing tells that the queue of microtasks is empty, so many are let pass. */
const microtasks = 1_000;

const { process } = globalThis as { process?: { nextTick?(callback: () => void): void } };
const nextTick = process?.nextTick?.bind(process);

/** Resolves once the continuations that are queued now, and those that they queue, have run. */
async function drained(): Promise<void> {
  // In Node, a tick comes when the queue is empty, and before anything else.
  if (nextTick) await new Promise<void>((resolve) => nextTick(resolve));
  else for (let i = 0; i < microtasks; i++) await undefined;
}

// At once: a test may put fake timers in place before it makes its hub, and what they replace they bring back.
installGuards();

export class TurnGuard {
  #turn: Execution | undefined;

  readonly enter = (execution: Execution): void => {
    this.#turn = execution;
    enter(execution);
  };

  readonly leave = (): void => {
    this.#turn = undefined;
    leave();
  };

  /** One hop of the event loop, within a turn. */
  readonly hop = async (): Promise<void> => {
    await drained();
    leave();
    await hop();
    if (this.#turn) enter(this.#turn);
  };
}
