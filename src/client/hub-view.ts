/** How a tab stands to its hub, as it is shown: what its host says at once, and the rest while somebody looks. */
import type { HubDetails } from '../protocol';
import type { HubView } from './types';

/** Before anything is known, and on a server. */
export const startingHub: HubView = {
  role: 'starting',
  error: undefined,
  epoch: undefined,
  build: undefined,
  workers: undefined,
  lastCommit: undefined,
  storage: undefined,
};

/** The same view if there is nothing new. */
export function withDetails(view: HubView, { owner, storage }: HubDetails): HubView {
  const next: HubView = {
    role: view.role,
    error: view.error,
    epoch: owner?.epoch,
    build: owner?.build,
    workers: owner?.workers,
    lastCommit: owner?.committedAt === undefined ? undefined : new Date(owner.committedAt),
    storage,
  };
  return JSON.stringify(next) === JSON.stringify(view) ? view : next;
}
