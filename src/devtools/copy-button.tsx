import { useEffect, useState } from 'react';

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [outcome, setOutcome] = useState<'Copied' | 'Not allowed'>();

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
    <>
      <button type="button" className="pd-button pd-small" aria-label={`Copy ${what}`} onClick={copy}>
        {outcome ?? 'Copy'}
      </button>
      <span className="pd-hidden" role="status">
        {outcome}
      </span>
    </>
  );
}
