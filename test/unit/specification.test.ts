import { createTestHub, never } from 'perdure/testing';
import { describe, expect, it } from 'vitest';
import { forbidden, forbiddenTimers } from '../../worker/determinism/forbidden';
import { builds } from '../contract/functions';
import { absentHere, forbiddenCalls } from '../contract/functions/forbidden';
import type { AnyClient, OpenHub } from '../contract/hub';
import { specification } from '../contract/specification';

// An activity that is to run for ever must not hold up the hub's time.
const build = (name: keyof typeof builds) => {
  const { activities, ...code } = builds[name];
  return { ...code, activities: { ...activities, forever: never } as object };
};

const openInMemory: OpenHub = async () => {
  const hub = await createTestHub(build('first'));
  return {
    client: hub.client as unknown as AnyClient,
    now: () => hub.now.getTime(),
    reload: (name) => hub.reload(build(name)),
    close: () => hub.close(),
  };
};

describe('a hub in memory', () => specification(openInMemory, { absent: absentHere() }));

it('each call that is forbidden is in the specification', () => {
  const names = [...forbidden, ...forbiddenTimers].flatMap(([owner, calls]) =>
    calls.map((call) => (owner === '' ? call : `${owner}.${call}`)),
  );
  expect(Object.keys(forbiddenCalls).sort()).toEqual(names.sort());
});
