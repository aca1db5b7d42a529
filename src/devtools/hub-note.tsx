import type { HubView, Live } from '../client/types';
import { useLive } from '../react/live';
import { startingHub } from './client';

const roles: Record<HubView['role'], [text: string, title: string]> = {
  starting: ['Hub is starting…', 'The worker of this tab is starting.'],
  owner: ['Hub in this tab', 'This tab runs the task hub.'],
  waiting: ['Hub in another tab', 'Another tab runs the task hub. This one takes over when that one closes.'],
};

/** Which tab runs the hub, or why none does. */
export function HubNote({ hub }: { hub: Live<HubView> }) {
  const { role, error } = useLive(hub, startingHub);
  if (error) {
    return (
      <p className="pd-notice pd-bad pd-hub-error" role="alert">
        The hub does not run in this tab: {error.message}
      </p>
    );
  }
  const [text, title] = roles[role];
  return (
    <span className="pd-hub" title={title}>
      {text}
    </span>
  );
}
