import { describe, expect, it } from 'vitest';
import { closest } from '../../src/core/suggest';

const names = ['greet', 'resizeImage', 'sendMail', 'a'];

describe('the closest name', () => {
  it.each([
    ['gret', 'greet'],
    ['Greet', 'greet'],
    ['geert', 'greet'],
    ['resizeImages', 'resizeImage'],
    ['resize_image', 'resizeImage'],
    ['sendmial', 'sendMail'],
  ])('to %s is %s', (wrong, right) => {
    expect(closest(wrong, names)).toBe(right);
  });

  it.each(['x', '', 'somethingElseAltogether', 'xyzzy'])('to %j is none', (wrong) => {
    expect(closest(wrong, names)).toBeUndefined();
  });

  it('is the nearer of two', () => {
    expect(closest('hash2', ['hash11', 'hash1', 'hasher'])).toBe('hash1');
  });
});
