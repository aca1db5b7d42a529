import { useState } from 'react';
import type { AnyInstance, StatusClient } from './client';

/** What the form of an action takes. */
export interface ActionProps {
  client: StatusClient;
  instance: AnyInstance;
  /** Is told the call as code. */
  onCall: (code: string) => void;
  /** Leads to another instance, or with none back to the list. */
  onSelect: (id: string | undefined) => void;
}

/** A call to the client that a button makes. */
export interface Action {
  readonly isBusy: boolean;
  /** Why the last call failed. */
  readonly error: string | undefined;
  /** @returns whether it succeeded */
  run(call: () => Promise<unknown>): Promise<boolean>;
  /** Forgets the last error, or shows one that came before any call. */
  setError(error: string | undefined): void;
}

export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = async (call: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await call();
      return true;
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, run, setError };
}
