import { useState } from 'react';

/** Carries out what a button is for, and keeps what went wrong, to be shown beside it. */
export function useAction() {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  async function act(action: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      await action();
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      setBusy(false);
    }
  }

  return { act, isBusy, error };
}
