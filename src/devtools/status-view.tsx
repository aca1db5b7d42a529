/**
 * The status view: what runs in a task hub, live, and what can be done with it. It can be mounted in any page, in as
 * much room as it is given: side by side where it is wide, one pane at a time where it is narrow.
 */
import { useEffect, useRef, useState } from 'react';
import { adoptStyles } from './adopt-styles';
import type { StatusClient } from './client';
import { InstanceDetails } from './instance-details';
import { InstanceList } from './instance-list';
import { useStable } from './stable';

/** What {@link StatusView} takes. */
export interface StatusViewProps {
  /** What `connect` gave. */
  readonly client: StatusClient;
  /** The instance that is shown in detail. Give it together with `onSelect`, or neither: then the view keeps it itself. */
  readonly selected?: string | undefined;
  /** Called when the user chooses an instance, or leaves it. */
  readonly onSelect?: ((id: string | undefined) => void) | undefined;
  /** Called before each action with the code that it amounts to: `client.raiseEvent('order-7', 'addname', 'Ada')`. */
  readonly onCall?: ((code: string) => void) | undefined;
}

/**
 * The instances of a task hub: a list that can be filtered, and one of them in detail, with its history and actions.
 *
 * It fills the element that it is in, follows its `color-scheme`, and takes colours and fonts from custom properties
 * such as `--pd-accent`, `--pd-background` and `--pd-font`.
 */
export function StatusView({ client, selected, onSelect, onCall }: StatusViewProps) {
  const [own, setOwn] = useState(selected);
  // An empty id is none, as it may come from an address.
  const shown = (onSelect ? selected : own) || undefined;
  const select = useStable((id: string | undefined) => (onSelect ?? setOwn)(id));
  const call = useStable((code: string) => onCall?.(code));
  const root = useFocusThatFollows(shown);

  return (
    <div className="pd-root" ref={adoptStyles}>
      <div className="pd-panes" ref={root} data-shows={shown === undefined ? 'list' : 'details'}>
        <InstanceList client={client} selected={shown} onSelect={select} onCall={call} />
        <section className="pd-pane pd-details" aria-label="Instance" tabIndex={-1}>
          {shown === undefined ? (
            <p className="pd-empty">Select an instance to see what it does.</p>
          ) : (
            <div className="pd-scroll" key={shown}>
              <button type="button" className="pd-button pd-small pd-back" onClick={() => select(undefined)}>
                ← All instances
              </button>
              <InstanceDetails client={client} id={shown} onSelect={select} onCall={call} />
            </div>
          )}
        </section>
      </div>
    </div>
  );
}

/** Where one pane takes the place of the other, the focus goes along instead of getting lost. */
function useFocusThatFollows(shown: string | undefined) {
  const root = useRef<HTMLDivElement>(null);
  const before = useRef(shown);
  useEffect(() => {
    const left = before.current;
    before.current = shown;
    if (left === shown) return;
    // A host page may select as well; the focus stays where its user is.
    const { activeElement } = document;
    if (activeElement !== document.body && !root.current?.contains(activeElement)) return;
    const list = root.current?.querySelector<HTMLElement>('.pd-list');
    const details = root.current?.querySelector<HTMLElement>('.pd-details');
    if (shown !== undefined && list?.checkVisibility() === false) {
      details?.focus({ preventScroll: true });
      details?.querySelector('.pd-back')?.scrollIntoView({ block: 'nearest' });
    } else if (shown === undefined && left !== undefined && activeElement === document.body) {
      list?.querySelector<HTMLElement>(`[data-id="${CSS.escape(left)}"]`)?.focus();
    }
  }, [shown]);
  return root;
}
