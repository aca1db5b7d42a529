import { describe, expect, it } from 'vitest';
import { checkName, childInstanceId, InvalidNameError, maxNameLength } from '../../src/core';

describe('a name', () => {
  it('is any string of 1 to 256 characters', () => {
    for (const name of ['a', ' ', '../🙂', 'x'.repeat(maxNameLength)]) checkName(name, 'an instance id');
    expect(maxNameLength).toBe(256);
  });

  it.each([
    ['', 'an instance id must not be empty'],
    [7, 'an instance id must be a string, not number'],
    [null, 'an instance id must be a string, not null'],
    [undefined, 'an instance id must be a string, not undefined'],
    [{}, 'an instance id must be a string, not object'],
    ['x'.repeat(257), `an instance id must have at most 256 characters; this one has 257: '${'x'.repeat(40)}…'`],
  ])('is not %.20j', (wrong, message) => {
    expect(() => checkName(wrong, 'an instance id')).toThrow(InvalidNameError);
    expect(() => checkName(wrong, 'an instance id')).toThrow(message);
  });

  it('that is wrong is told with what it names', () => {
    expect(() => checkName('', 'an event name')).toThrow('an event name must not be empty');
  });
});

describe("a sub-orchestration's default id", () => {
  it('begins with that of its parent', () => {
    expect(childInstanceId('parent', 35, 2)).toBe('parent:z-2');
  });

  it('differs by execution and task', () => {
    const ids = [1, 11].flatMap((execution) => [1, 11].map((task) => childInstanceId('p', execution, task)));
    expect(new Set(ids).size).toBe(4);
  });

  it('stays within the bounds over any number of generations', () => {
    let id = 'ancestor';
    const seen = new Set<string>();
    for (let execution = 1; execution < 200; execution++) {
      id = childInstanceId(id, execution, 0);
      checkName(id, 'an instance id');
      expect(seen.has(id)).toBe(false);
      seen.add(id);
    }
  });
});
