import { type ReactNode, useState } from 'react';
import { type Container, containerOf, describeLeaf, preview } from './describe-value';
import { formatCount } from './format';

/** How many entries and characters are shown at once. */
const pageSize = 100;
const textSize = 600;

/**
 * A value as a tree that can be folded. Only what is open is rendered, so a large one costs nothing.
 *
 * @param open whether it is unfolded at first, if it does not fit into one line anyway
 */
export function Value({ value, open = false }: { value: unknown; open?: boolean }) {
  return (
    <div className="pd-value">
      <Node value={value} open={open} ancestors={[]} />
    </div>
  );
}

interface NodeProps {
  name?: string;
  value: unknown;
  open: boolean;
  /** What it lies in: what is found again there is a circle. */
  ancestors: readonly unknown[];
}

function Node({ name, value, open, ancestors }: NodeProps) {
  const label = name !== undefined && <span className="pd-key">{name}: </span>;
  if (ancestors.includes(value)) return <Line label={label}>(circular)</Line>;
  const container = containerOf(value);
  if (container && container.size > 0) {
    return <Branch label={label} value={value} container={container} open={open} ancestors={ancestors} />;
  }
  return (
    <Line label={label}>
      <Leaf text={container ? preview(value) : describeLeaf(value)} kind={kindOf(value)} />
    </Line>
  );
}

function Line({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="pd-leaf">
      {label}
      {children}
    </div>
  );
}

function Leaf({ text, kind }: { text: string; kind: string }) {
  const [all, setAll] = useState(false);
  const isLong = text.length > textSize;
  return (
    <>
      <span className={`pd-${kind}`}>{isLong && !all ? `${text.slice(0, textSize)}…` : text}</span>
      {isLong && !all && (
        <button type="button" className="pd-link pd-more" onClick={() => setAll(true)}>
          Show all {formatCount(text.length)} characters
        </button>
      )}
    </>
  );
}

interface BranchProps {
  label: ReactNode;
  value: unknown;
  container: Container;
  open: boolean;
  ancestors: readonly unknown[];
}

function Branch({ label, value, container, open: initiallyOpen, ancestors }: BranchProps) {
  const [open, setOpen] = useState(() => initiallyOpen && preview(value).includes('…'));
  const [count, setCount] = useState(pageSize);
  const rest = container.size - count;
  return (
    <details className="pd-branch" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span className="pd-preview">{open ? container.title : preview(value)}</span>
      </summary>
      {open && (
        <div className="pd-children">
          {container.entries(0, count).map(([key, item], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two keys of a map can look alike, and entries stay in place
            <Node key={index} name={key} value={item} open={false} ancestors={[...ancestors, value]} />
          ))}
          {rest > 0 && (
            <button type="button" className="pd-link pd-more" onClick={() => setCount(count + 10 * pageSize)}>
              {formatCount(rest)} more
            </button>
          )}
        </div>
      )}
    </details>
  );
}

/** The class that gives it its colour. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return 'number';
  return value === null || value === undefined ? 'nothing' : 'object';
}
