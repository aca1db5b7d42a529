/**
 * The app's orchestrations, by name and version. What starts now is of the current version; what is under way stays with
 * the version that it started with, so its code must be there as long as it lasts.
 */
import {
  closest,
  compensationName,
  compensationOrchestrator,
  type Orchestrator,
  UnknownOrchestrationError,
} from '../../src/core';

export interface RegistryOptions {
  orchestrations: object;
  /** What `orchestrations` are the version of. */
  version?: string | undefined;
  /** Other versions; `''` is that of instances from before there were any. */
  versions?: Readonly<Record<string, object>> | undefined;
}

type Module = ReadonlyMap<string, Orchestrator>;

export class Registry {
  /** What is started without a version gets this one. */
  readonly version: string | undefined;
  readonly #current: Module;
  readonly #modules: ReadonlyMap<string, Module>;
  /** Where each function is registered, the current version first. */
  readonly #places = new Map<unknown, { name: string; version: string | undefined }[]>();

  constructor({ orchestrations, version, versions = {} }: RegistryOptions) {
    this.version = version;
    this.#current = moduleOf(orchestrations);
    const others = Object.entries(versions).map(([each, module]) => [each, moduleOf(module)] as const);
    this.#modules = new Map(others);
    for (const [each, module] of [[version, this.#current] as const, ...others]) {
      for (const [name, orchestrator] of module) {
        const places = this.#places.get(orchestrator);
        if (places) places.push({ name, version: each });
        else this.#places.set(orchestrator, [{ name, version: each }]);
      }
    }
  }

  /** The orchestrator that an instance of this name and version runs. */
  find(name: string, version: string | undefined): Orchestrator | undefined {
    if (name === compensationName) return compensationOrchestrator as Orchestrator;
    return this.#moduleOf(version)?.get(name);
  }

  /** What to tell whoever looked in vain for an orchestration. */
  unknown(name: string, version: string | undefined): UnknownOrchestrationError {
    const versions = this.#versionsOf(name);
    if (versions.length > 0) {
      return new UnknownOrchestrationError(
        `orchestration '${name}' is not registered in version '${version ?? ''}', but in ${versions.join(', ')}: keep the code of each version that still runs, in serve({ versions })`,
      );
    }
    const suggestion = closest(name, this.#current.keys());
    return new UnknownOrchestrationError(
      `no orchestration '${name}' is registered${suggestion ? `; did you mean '${suggestion}'?` : ': export it from the module given to serve({ orchestrations })'}`,
    );
  }

  /** Under what a function is registered: in the caller's version, if it is there, or else in the current one. */
  identify(orchestrator: unknown, callersVersion: string | undefined): { name: string; version?: string } | undefined {
    const places = this.#places.get(orchestrator);
    // What has no version runs with the code from before there were any.
    const own = callersVersion ?? (this.version === undefined ? undefined : '');
    const place = places?.find(({ version }) => version === own) ?? places?.[0];
    return place && { name: place.name, ...(place.version !== undefined && { version: place.version }) };
  }

  #moduleOf(version: string | undefined): Module | undefined {
    if (version === this.version) return this.#current;
    if (version === undefined) return this.#modules.get('') ?? this.#current;
    return this.#modules.get(version);
  }

  #versionsOf(name: string): string[] {
    const others = [...this.#modules].filter(([, module]) => module.has(name)).map(([version]) => `'${version}'`);
    if (!this.#current.has(name)) return others;
    return [this.version === undefined ? 'the one without a version' : `'${this.version}'`, ...others];
  }
}

function moduleOf(functions: object): Module {
  return new Map(
    Object.entries(functions).filter((entry): entry is [string, Orchestrator] => typeof entry[1] === 'function'),
  );
}
