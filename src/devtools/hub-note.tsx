import type { HubStorage, HubView, Live } from '../client/types';
import { useLive } from '../react/live';
import { startingHub } from './client';
import { formatBytes, formatExact } from './format';

const roles: Record<HubView['role'], [text: string, title: string]> = {
  starting: ['Hub is starting…', 'The worker of this tab is starting.'],
  owner: ['Hub in this tab', 'This tab runs the task hub.'],
  waiting: ['Hub in another tab', 'Another tab runs the task hub. This one takes over when that one closes.'],
};

/** Which tab runs the hub, or why none does; and, if asked for, how the hub stands. */
export function HubNote({ hub }: { hub: Live<HubView> }) {
  const view = useLive(hub, startingHub);
  const { role, error, storage } = view;
  const [text, title] = roles[role];
  return (
    <>
      {!error && (
        <details className="pd-hub">
          <summary title={title}>{text}</summary>
          <HubFacts view={view} />
        </details>
      )}
      {storage?.kind === 'memory' && (
        <p className="pd-notice pd-held pd-hub-wide" role="alert">
          This browser stores nothing for this page. All that runs here ends with this tab.
        </p>
      )}
      {error && (
        <p className="pd-notice pd-bad pd-hub-wide" role="alert">
          The hub does not run in this tab: {error.message}
        </p>
      )}
    </>
  );
}

function HubFacts({ view: { epoch, build, workers, lastCommit, storage } }: { view: HubView }) {
  const facts: [name: string, value: string | undefined, title?: string][] = [
    ['Epoch', epoch?.toString(), 'It rises whenever another tab takes over'],
    ['Last commit', lastCommit && formatExact(lastCommit)],
    ['Activity workers', workers?.toString()],
    ['Storage', storage && describeStorage(storage), 'Of all that this site stores'],
    ['Build', build],
  ];
  return (
    <dl className="pd-facts">
      {facts.map(
        ([name, value, title]) =>
          value !== undefined && (
            <div key={name} title={title}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function describeStorage({ kind, used, allowed, isPersistent }: HubStorage): string {
  if (kind === 'memory') return 'in memory only';
  const room =
    used === undefined || allowed === undefined ? 'on disk' : `${formatBytes(used)} of ${formatBytes(allowed)}`;
  return isPersistent ? `${room}, persistent` : `${room}, may be cleared when space is short`;
}
