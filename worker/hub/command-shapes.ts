/**
 * What the request of each command must look like. The page checks what its own caller gives; but a command can also
 * come out of the inbox, from a tab of another build, or damaged, and the owner must not stumble over it.
 */
import { checkName, checkTags } from '../../src/core';
import type { Filter, RequestOf } from '../../src/protocol';
import type { CommandMethod } from './commands';
import { copies } from './copy-shapes';
import { anything, type Check, date, flag, listOf, maybe, object, oneOf, text } from './shape';

const instanceId: Check = (value) => checkName(value, 'an instance id');
const reason = maybe(text);
const about = object<RequestOf<'suspend'>>({ instanceId, reason });
const tags = maybe(checkTags);
const endedStatus = oneOf('Completed', 'Failed', 'Terminated');

const filter = object<Filter>({
  name: maybe(text),
  runtimeStatus: maybe(listOf(endedStatus)),
  idPrefix: maybe(text),
  parent: maybe(instanceId),
  tags,
  createdTimeFrom: maybe(date),
  createdTimeTo: maybe(date),
  lastUpdatedTimeFrom: maybe(date),
  lastUpdatedTimeTo: maybe(date),
});

/** An empty filter, or one whose fields got lost, would match everything. */
const purgeFilter: Check = (value, path) => {
  filter(value, path);
  if (Object.values(value as Filter).every((each) => each === undefined)) throw new TypeError(`${path} says nothing`);
};

export const requestShapes: { readonly [K in CommandMethod]: Check } = {
  startNew: object<RequestOf<'startNew'>>({
    name: (value) => checkName(value, 'an orchestration name'),
    instanceId,
    input: anything,
    fresh: flag,
    startAt: maybe(date),
    tags,
    version: maybe((value) => checkName(value, 'a version')),
    onExisting: maybe(oneOf('replaceTerminal', 'reject', 'replace', 'return')),
  }),
  raiseEvent: object<RequestOf<'raiseEvent'>>({
    instanceId,
    name: (value) => checkName(value, 'an event name'),
    data: anything,
  }),
  terminate: object<RequestOf<'terminate'>>({ instanceId, reason, recursive: flag }),
  suspend: about,
  resume: about,
  rewind: about,
  restart: object<RequestOf<'restart'>>({ instanceId, newInstanceId: instanceId }),
  purge: object<RequestOf<'purge'>>({ instanceId }),
  purgeBy: object<RequestOf<'purgeBy'>>({ filter: purgeFilter }),
  importInstance: object<RequestOf<'importInstance'>>({ copies }),
};
