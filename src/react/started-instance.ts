/**
 * An instance that is started by being watched. Components mount twice, tabs are reloaded and opened beside each other,
 * and each time the same start is asked for: it is made only where no instance is seen, and the hub gives back the one
 * that another component or tab has started meanwhile.
 */
import type { DurableClient, InstanceView, Live, StartArgs } from '../client/types';
import { InstanceExistsError } from '../core/errors';
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

  function startIfMissing() {
    const { state } = watched.get();
    if (state === 'ready') seen = true;
    if (state !== 'missing' || seen || asked) return;
    asked = true;
    // The hook's own signature has checked the input against the orchestration.
    const options = { instanceId: id, input: readInput(), onExisting: 'return' };
    const args = [options] as unknown as StartArgs<InputOf<M, N>>;
    client.startNew(name, ...args).catch((error: Error) => {
      failed = { state: 'error', error };
      for (const listener of listeners) listener();
    });
  }

  function get(): InstanceView<M, N> {
    const view = watched.get();
    if (view.state === 'ready') {
      if (view.instance.name === name) return view;
      mismatch ??= { state: 'error', error: otherName(id, name, view.instance.name) };
      return mismatch;
    }
    if (failed) return failed;
    // What is still missing is about to be started. What was there once has been purged.
    return view.state === 'missing' && !seen ? loading : view;
  }

  function subscribe(listener: () => void) {
    listeners.add(listener);
    const stop = watched.subscribe(() => {
      startIfMissing();
      listener();
    });
    startIfMissing();
    return () => {
      listeners.delete(listener);
      stop();
    };
  }

  return { get, subscribe };
}

function otherName(id: string, wanted: string, found: string): InstanceExistsError {
  return new InstanceExistsError(
    `instance '${id}' is of the orchestration '${found}', not '${wanted}'; use another id`,
  );
}
