/**
 * A simulated hub as its page sees it: the client's calls by name, and what only a simulation can do. Time stands still
 * but for `end` and `checkpoint`, which let it fly until there is something to see.
 */
import { InstanceFailedError, InstanceNotFoundError, InstanceTerminatedError, type Orchestrator } from '../../src/core';
import type { Filter, InstanceCopy, ListRequest, StartRequest, StatusRecord, StatusRequest } from '../../src/protocol';
import { Queries } from '../../worker/hub/queries';
import { hop } from '../../worker/platform';
import { checkReplay } from './invariants';
import { Simulation, type SimulationOptions } from './simulation';

export class SimulatedClient {
  #ids = 0;

  constructor(readonly sim: Simulation) {}

  static async open(options: SimulationOptions): Promise<SimulatedClient> {
    return new SimulatedClient(await new Simulation(options).open());
  }

  startNew(name: string, { instanceId, input, ...more }: Partial<StartRequest> = {}): Promise<string> {
    const fresh = instanceId === undefined;
    const id = instanceId ?? `instance-${this.#ids++}`;
    return this.sim.command('startNew', { name, instanceId: id, input, fresh, ...more }) as Promise<string>;
  }

  async raiseEvent(instanceId: string, name: string, data?: unknown): Promise<void> {
    await this.sim.command('raiseEvent', { instanceId, name, data });
  }

  async terminate(
    instanceId: string,
    reason?: string,
    { recursive = false }: { recursive?: boolean } = {},
  ): Promise<void> {
    await this.sim.command('terminate', { instanceId, reason, recursive });
  }

  async suspend(instanceId: string, reason?: string): Promise<void> {
    await this.sim.command('suspend', { instanceId, reason });
  }

  async resume(instanceId: string, reason?: string): Promise<void> {
    await this.sim.command('resume', { instanceId, reason });
  }

  async rewind(instanceId: string, reason?: string): Promise<void> {
    await this.sim.command('rewind', { instanceId, reason });
  }

  restartInstance(instanceId: string, newInstanceId = instanceId): Promise<string> {
    return this.sim.command('restart', { instanceId, newInstanceId }) as Promise<string>;
  }

  purge(instanceId: string): Promise<number> {
    return this.sim.command('purge', { instanceId }) as Promise<number>;
  }

  /** A command that needs more than one batch; time flies meanwhile. */
  purgeBy(filter: Filter): Promise<number> {
    return this.sim.within(this.sim.command('purgeBy', { filter })) as Promise<number>;
  }

  count(filter: Filter = {}): Promise<number> {
    return new Queries(this.sim.source, () => this.sim.hub?.tail).count(filter);
  }

  export(instanceId: string): Promise<readonly InstanceCopy[]> {
    return new Queries(this.sim.source, () => this.sim.hub?.tail).export(instanceId);
  }

  import(copies: readonly InstanceCopy[]): Promise<string> {
    return this.sim.command('importInstance', { copies }) as Promise<string>;
  }

  async getStatus(id: string, request: StatusRequest = {}): Promise<StatusRecord> {
    const queries = new Queries(this.sim.source, () => this.sim.hub?.tail);
    const status = await queries.status(id, request);
    if (!status) throw new InstanceNotFoundError(`there is no instance '${id}'`);
    return status;
  }

  async list(request: Partial<ListRequest> = {}): Promise<readonly StatusRecord[]> {
    const queries = new Queries(this.sim.source, () => this.sim.hub?.tail);
    return (await queries.list({ limit: 1_000, ...request })).instances;
  }

  async waitForCompletion(id: string): Promise<StatusRecord> {
    const status = await this.end(id);
    if (status.failure) throw new InstanceFailedError(id, status.failure);
    if (status.runtimeStatus === 'Terminated') throw new InstanceTerminatedError(id, status.reason);
    return status;
  }

  /** How the instance ended. What it decided, it decides again when its history is replayed. */
  async end(id: string): Promise<StatusRecord> {
    const status = await this.sim.end(id);
    if (status.runtimeStatus !== 'Terminated') await checkReplay(this.sim, id);
    return status;
  }

  /** The status as soon as it looks like this, without time passing. */
  async until(id: string, look: (status: StatusRecord) => boolean): Promise<StatusRecord> {
    for (let hops = 0; hops < 2_000; hops++) {
      const status = await this.sim.status(id);
      if (status && look(status)) return status;
      await hop();
    }
    throw new Error(`instance '${id}' never came to look like that: ${JSON.stringify(await this.sim.status(id))}`);
  }

  waiting(id: string): Promise<StatusRecord> {
    return this.until(id, (status) => status.waitsFor.length > 0);
  }

  parked(id: string): Promise<StatusRecord> {
    return this.until(id, (status) => status.parked !== undefined);
  }

  /** Lets time fly until all that the log says lies in rows. */
  async checkpoint(): Promise<void> {
    await this.sim.until(() => (this.sim.hub?.tail?.changed.size === 0 ? true : undefined));
  }

  /** Ends the worker, and starts it anew, perhaps with changed code. */
  async restart(orchestrations: Record<string, Orchestrator> = this.sim.options.orchestrations): Promise<void> {
    await this.sim.quiet();
    this.sim.crash();
    this.sim.options.orchestrations = orchestrations;
    await this.sim.open();
  }

  async historyTypes(id: string): Promise<string[]> {
    return (await this.getStatus(id, { showHistory: true })).history?.map((event) => event.type) ?? [];
  }
}

/** Runs one orchestration to its end. */
export async function run(
  orchestrator: Orchestrator,
  { input, ...options }: Partial<SimulationOptions> & { input?: unknown } = {},
): Promise<StatusRecord> {
  const client = await SimulatedClient.open({
    ...options,
    orchestrations: { ...options.orchestrations, orchestrator },
  });
  await client.startNew('orchestrator', { instanceId: 'i', input });
  return client.end('i');
}
