/** What an execution needs of the world around it. All of it is handed in, so that the engine stays pure. */
import type { Execution } from './execution';
import type { PayloadRef } from './payload';

/** Under which name, and in which version's module, an orchestrator is registered. */
export interface Identity {
  readonly name: string;
  readonly version?: string;
}

export interface Surroundings {
  /** Resolves once all continuations that are queued now have run: one hop of the event loop. */
  hop(): Promise<void>;
  /** Where `ctx.log` writes to. */
  log(instanceId: string, args: readonly unknown[]): void;
  /** The payload that a Blob or the like was read from. */
  originOf(binary: object): PayloadRef | undefined;
  /** What an orchestrator is registered as; if in several versions, in the caller's or else the current one. */
  identify(orchestrator: unknown, version: string | undefined): Identity | undefined;
  /** The orchestrator has left its turns: the next turn, though it bring nothing, throws the reason. */
  strayed?(): void;
  /** A turn begins: what runs until `leave` is the orchestrator's. Always followed by `leave`, once. */
  enter?(execution: Execution): void;
  leave?(): void;
}
