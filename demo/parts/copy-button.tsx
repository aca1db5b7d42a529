import { useEffect, useState } from 'react';

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [outcome, setOutcome] = useState<string>();

  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), 1_500);
    return () => clearTimeout(timer);
  }, [outcome]);

  // Without a secure context or the permission there is no clipboard.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('Copied');
    } catch {
      setOutcome('Not allowed');
    }
  };

  return (
    <button type="button" className="quiet copy" aria-label={outcome ?? `Copy ${what}`} onClick={copy}>
      {outcome ?? 'Copy'}
    </button>
  );
}
