import type { HubView } from 'perdure';
import { useHub } from '../client';

const roles: Record<HubView['role'], string> = {
  starting: 'The hub starts',
  owner: 'This tab runs the hub',
  waiting: 'Another tab runs the hub',
};

export function Header() {
  const { role, error, storage } = useHub();
  return (
    <header>
      <div className="banner">
        <h1>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M9.5 4.4a8 8 0 0 0 0 15.2M14.5 19.6a8 8 0 0 0 0-15.2" />
          </svg>
          perdure
        </h1>
        <p className="pitch">Long-running processes in the browser that survive a reload.</p>
        <p
          className={`hub hub-${role}`}
          role="status"
          title="One tab at a time runs the orchestrations; every tab can use them."
        >
          {roles[role]}
        </p>
      </div>
      {storage?.kind === 'memory' && (
        <p className="alarm" role="alert">
          This browser stores nothing for this page. Nothing here will survive a reload.
        </p>
      )}
      {error && (
        <p className="alarm" role="alert">
          The hub cannot run in this tab. {error.message}
        </p>
      )}
    </header>
  );
}
