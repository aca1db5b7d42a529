/** Finds an activity by name: among whatever else the app's module exports, or among those that are always there. */
import { UnknownActivityError } from '../../src/core/errors';
import { httpActivityName } from '../../src/core/http-call';
import { closest } from '../../src/core/suggest';
import type { ActivityContext, AnyActivity } from '../../src/core/types/activity';
import { httpActivity } from './http';

/** What every activity worker has. Tests put others in their place. */
const builtIn: Readonly<Record<string, AnyActivity>> = { [httpActivityName]: httpActivity };

/** An app with more activities than this knows its names better than a message can list them. */
const listedAtMost = 12;

/** An activity, once its name has been found: what it takes is a matter of the app's types. */
export type FoundActivity = (input: unknown, ctx: ActivityContext) => unknown;

/** @throws UnknownActivityError that names what may have been meant */
export function findActivity(activities: Readonly<Record<string, AnyActivity>>, name: string): FoundActivity {
  const among = [activities, builtIn].find((each) => Object.hasOwn(each, name));
  const found: unknown = among?.[name];
  if (typeof found === 'function') return found as FoundActivity;
  const names = Object.keys(activities).filter(
    (key) => typeof activities[key] === 'function' && !Object.hasOwn(builtIn, key),
  );
  const meant = closest(name, names);
  let message = `no activity is named '${name}'`;
  if (meant !== undefined) message += `; did you mean '${meant}'?`;
  else if (names.length === 0) message += '; none are registered with serve()';
  else if (names.length <= listedAtMost) message += `; there are ${names.join(', ')}`;
  throw new UnknownActivityError(message);
}
