import { describe, expect, it } from 'vitest';
import { type Duration, durationMs } from '../../src/core';

describe('a duration', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1.5, 1.5],
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1.5h', 5_400_000],
    ['60d', 5_184_000_000],
  ])('%j is %d milliseconds', (duration, ms) => {
    expect(durationMs(duration)).toBe(ms);
  });

  it.each([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '10',
    '10 m',
    'm',
    '-1s',
    '1e3s',
    '1.s',
    '1h30m',
    '10M',
    '',
    null,
    {},
  ])('%j is none, and the error says what would be one', (wrong) => {
    expect(() => durationMs(wrong as Duration)).toThrow(/is no duration: give milliseconds .* such as '500ms', '30s'/);
    expect(() => durationMs(wrong as Duration)).toThrow(TypeError);
  });
});
