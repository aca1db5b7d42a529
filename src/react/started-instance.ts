/**
 * An instance that is started by being watched. Components mount twice, tabs are reloaded and opened beside each other,
 * and each time the same start is asked for; `startNew` alone would replace the instance if it had ended meanwhile. So
 * one start of an id goes on at a time, over all tabs of the origin, and it begins with a look whether one is needed.
 */
import type { DurableClient, InstanceView, Live, StartArgs } from '../client/types';
import { type ErrorCode, InstanceExistsError } from '../core/errors';
import type { OrchestrationInput, OrchestrationName } from '../core/types/orchestration';

type InputOf<M, N> = OrchestrationInput<M[N & keyof M]>;

const loading = { state: 'loading' } as const;

/** @param readInput is asked when it starts */
export function startedInstance<M, N extends OrchestrationName<M>>(
  client: DurableClient<M>,
  name: N,
  id: string,
  readInput: () => InputOf<M, N> | undefined,
  history: boolean,
): Live<InstanceView<M, N>> {
  const watched = client.watchInstance<N>(id, { history });
  const listeners = new Set<() => void>();
  let asked = false;
  let seen = false;
  let failed: InstanceView<M, N> | undefined;
  let mismatch: InstanceView<M, N> | undefined;

  function start() {
    if (asked) return;
    asked = true;
    startUnlessThere(client, name, id, readInput()).catch((error: Error) => {
      failed = { state: 'error', error };
      for (const listener of listeners) listener();
    });
  }

  function get(): InstanceView<M, N> {
    const view = watched.get();
    if (view.state === 'ready') {
      if (view.instance.name === name) {
        seen = true;
        return view;
      }
      mismatch ??= { state: 'error', error: otherName(id, name, view.instance.name) };
      return mismatch;
    }
    if (failed) return failed;
    // What is still missing is about to be started. What was there once has been purged.
    return view.state === 'missing' && !seen ? loading : view;
  }

  function subscribe(listener: () => void) {
    listeners.add(listener);
    const stop = watched.subscribe(listener);
    start();
    return () => {
      listeners.delete(listener);
      stop();
    };
  }

  return { get, subscribe };
}

async function startUnlessThere<M, N extends OrchestrationName<M>>(
  client: DurableClient<M>,
  name: N,
  id: string,
  input: InputOf<M, N> | undefined,
): Promise<void> {
  await navigator.locks.request(`perdure/start/${id}`, async () => {
    if (await isThere(client, id)) return;
    // The hook's own signature has checked the input against the orchestration.
    const args = [{ instanceId: id, input }] as unknown as StartArgs<InputOf<M, N>>;
    await client.startNew(name, ...args).catch(unless('InstanceExists'));
  });
}

async function isThere<M>(client: DurableClient<M>, id: string): Promise<boolean> {
  const status = await client.getStatus(id, { showInput: false, showOutput: false }).catch(unless('InstanceNotFound'));
  return status !== undefined;
}

function unless(code: ErrorCode) {
  return (error: unknown): undefined => {
    if ((error as { code?: unknown } | null)?.code !== code) throw error;
  };
}

function otherName(id: string, wanted: string, found: string): InstanceExistsError {
  return new InstanceExistsError(
    `instance '${id}' is of the orchestration '${found}', not '${wanted}'; use another id`,
  );
}
