/**
 * The names that callers choose: instance ids, event names. They become keys in the database and text on pages, so they
 * are bounded; anything else about them is free.
 */
import { InvalidNameError } from './errors';

/** The longest id or name, in UTF-16 units. */
export const maxNameLength = 256;

/** @throws InvalidNameError unless `name` is a string of 1 to {@link maxNameLength} characters */
export function checkName(
  name: unknown,
  what: 'an instance id' | 'an event name' | 'an orchestration name' | 'a task hub name' | 'a version' | 'a patch id',
): asserts name is string {
  if (typeof name !== 'string')
    throw new InvalidNameError(`${what} must be a string, not ${name === null ? 'null' : typeof name}`);
  if (name === '') throw new InvalidNameError(`${what} must not be empty`);
  if (name.length > maxNameLength) {
    throw new InvalidNameError(
      `${what} must have at most ${maxNameLength} characters; this one has ${name.length}: '${name.slice(0, 40)}…'`,
    );
  }
}

/** Tags lie in every row and every list. */
const maxTags = 64;

/** @throws TypeError, RangeError unless `tags` are few strings, with names and values that are short enough */
export function checkTags(tags: unknown): asserts tags is Readonly<Record<string, string>> {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) throw new TypeError('tags must be an object');
  const entries = Object.entries(tags);
  if (entries.length > maxTags) throw new RangeError(`there can be at most ${maxTags} tags, not ${entries.length}`);
  for (const [key, value] of entries) {
    if (key === '' || key.length > maxNameLength) {
      throw new RangeError(`a tag's name must have 1 to ${maxNameLength} characters; '${key.slice(0, 40)}' does not`);
    }
    if (typeof value !== 'string') throw new TypeError(`tag '${key}' must be a string, not ${typeof value}`);
    if (value.length > maxNameLength) {
      throw new RangeError(`tag '${key}' must have at most ${maxNameLength} characters, not ${value.length}`);
    }
  }
}

/**
 * The id of a sub-orchestration that was given none. An execution's number is never used again in its hub, so the id is
 * not either. It starts with the parent's id, unless that has grown too long over many generations.
 */
export function childInstanceId(parentId: string, execution: number, taskId: number): string {
  const own = `${execution.toString(36)}-${taskId}`;
  const id = `${parentId}:${own}`;
  return id.length <= maxNameLength ? id : own;
}
