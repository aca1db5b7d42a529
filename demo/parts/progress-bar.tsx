/** So many of so many. */
export function ProgressBar({ label, done, of }: { label: string; done: number; of: number }) {
  return (
    <label className="progress">
      <span>{label}</span>
      <progress value={done} max={of} />
      <span className="progress-count">
        {done} of {of}
      </span>
    </label>
  );
}
