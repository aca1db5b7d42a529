/** The code of the specification: every hub runs it, each orchestration in both styles. */
import { activities } from './activities';
import { basics } from './basics';
import { calls } from './calls';
import { broken, changing, mended, older } from './changing';
import { context } from './context';
import { forbidden, mendedForbidden } from './forbidden';
import { http } from './http';
import { running } from './running';
import { scopes } from './scopes';

export { activities };

// What is looked up by name, with values of any kind, is more than types can tell.
const always: object = { ...basics, ...context, ...calls, ...http, ...running, ...scopes };

export const orchestrations: object = { ...always, ...forbidden, ...changing };

/** What `serve` and `createTestHub` take. */
export interface Build {
  orchestrations: object;
  activities: object;
  version: string;
  versions: Readonly<Record<string, object>>;
}

/** One build after the other is deployed over the same storage. */
export const builds = {
  first: { orchestrations, activities, version: '2', versions: { '1': older } },
  broken: { orchestrations: { ...always, ...forbidden, ...broken }, activities, version: '2', versions: {} },
  mended: {
    orchestrations: { ...always, ...mendedForbidden, ...mended },
    activities,
    version: '2',
    versions: { '1': older },
  },
} satisfies Record<string, Build>;

export type BuildName = keyof typeof builds;
