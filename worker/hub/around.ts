/** What an execution finds around it: the hub, and its instance. A class, as there is one for each live orchestrator. */
import type { Execution, Identity, PayloadRef, Surroundings } from '../../src/core';
import type { Instance } from './instance';
import type { HubSurroundings } from './surroundings';

export class Around implements Surroundings {
  readonly #hub: HubSurroundings;
  readonly #instance: Instance;
  readonly #onStrayed: (id: string, execution: number) => void;

  /** @param onStrayed its orchestrator has left its turns */
  constructor(hub: HubSurroundings, instance: Instance, onStrayed: (id: string, execution: number) => void) {
    this.#hub = hub;
    this.#instance = instance;
    this.#onStrayed = onStrayed;
  }

  hop(): Promise<void> {
    return this.#hub.hop();
  }

  log(who: string, args: readonly unknown[]): void {
    this.#hub.log(who, args);
  }

  originOf(binary: object): PayloadRef | undefined {
    return this.#instance.origins.get(binary);
  }

  identify(orchestrator: unknown, version: string | undefined): Identity | undefined {
    return this.#hub.orchestrations.identify(orchestrator, version);
  }

  enter(execution: Execution): void {
    this.#hub.guard.enter(execution);
  }

  leave(): void {
    this.#hub.guard.leave();
  }

  strayed(): void {
    this.#onStrayed(this.#instance.id, this.#instance.execution);
  }
}
