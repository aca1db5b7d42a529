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

const commands = new Set(['startNew', 'raiseEvent', 'suspend', 'resume', 'rewind', 'restart']);

/** It crashes after each command; so every instance is replayed again and again, from whatever was committed. */
const openCrashing: OpenHub = async () => {
  const hub = await openInMemory();
  let build: keyof typeof builds = 'first';
  const client = new Proxy(hub.client, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      if (!commands.has(String(name))) return member.bind(target) as unknown;
      return async (...args: unknown[]) => {
        const result: unknown = await Reflect.apply(member, target, args);
        await hub.reload(build);
        return result;
      };
    },
  });
  return {
    ...hub,
    client,
    async reload(next) {
      build = next;
      await hub.reload(next);
    },
  };
};

describe('a hub in memory', () => specification(openInMemory, { absent: absentHere() }));

describe('a hub in memory that crashes after each command', () =>
  specification(openCrashing, { absent: absentHere(), isForgetful: true }));

it('each call that is forbidden is in the specification', () => {
  const names = [...forbidden, ...forbiddenTimers].flatMap(([owner, calls]) =>
    calls.map((call) => (owner === '' ? call : `${owner}.${call}`)),
  );
  expect(Object.keys(forbiddenCalls).sort()).toEqual(names.sort());
});
