/** Why an action failed, beside its button. */
export function ActionError({ error }: { error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <p className="pd-notice pd-bad" role="alert">
      {error}
    </p>
  );
}
