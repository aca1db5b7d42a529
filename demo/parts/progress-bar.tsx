interface ProgressBarProps {
  label: string;
  done: number;
  of: number;
  /** Shown in place of the two numbers. */
  text?: string;
}

/** So many of so many. */
export function ProgressBar({ label, done, of, text = `${done} of ${of}` }: ProgressBarProps) {
  return (
    <label className="progress">
      <span>{label}</span>
      <progress value={done} max={of} />
      <span className="progress-count">{text}</span>
    </label>
  );
}
