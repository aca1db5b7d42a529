import { useEffect, useState } from 'react';
import { useStable } from './stable';

/** After the last keystroke, in milliseconds. */
const searchDelayMs = 150;

interface SearchFieldProps {
  label: string;
  /** Whether it is seen, and not only read out. */
  isLabelShown?: boolean;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
}

/** A text to search for, which is told once nobody types any more. */
export function SearchField({ label, isLabelShown = false, placeholder, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  const [last, setLast] = useState(value);
  const tell = useStable(onChange);
  if (last !== value) {
    setLast(value);
    // It was changed from elsewhere, as by "Clear the filter".
    if (value !== told) setText(value);
  }

  useEffect(() => {
    if (text === told) return;
    const timer = setTimeout(() => {
      setTold(text);
      tell(text);
    }, searchDelayMs);
    return () => clearTimeout(timer);
  }, [text, told, tell]);

  return (
    <label className="pd-field">
      <span className={isLabelShown ? undefined : 'pd-hidden'}>{label}</span>
      <input
        className="pd-input"
        type="search"
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}
