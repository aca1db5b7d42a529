import { describe, expect, it } from 'vitest';
import { chance } from '../../src/core/chance';

describe('chance', () => {
  it('is the same for the same text, also in another build', () => {
    const draw = chance('i_7');
    expect(Array.from({ length: 4 }, draw)).toEqual([
      0.7388004376552999, 0.9151058599818498, 0.2930088355205953, 0.17468162486329675,
    ]);
    const again = chance('i_7');
    expect(again()).not.toBe(chance('i_8')());
  });

  it('is spread evenly from 0 up to 1', () => {
    const draw = chance('spread');
    const buckets = new Array<number>(20).fill(0);
    let last = 0;
    let rises = 0;
    for (let i = 0; i < 100_000; i++) {
      const drawn = draw();
      const bucket = Math.floor(drawn * 20);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      if (drawn > last) rises++;
      last = drawn;
    }
    expect(buckets).toHaveLength(20);
    // Five standard deviations around 5,000 and 50,000.
    for (const count of buckets) expect(Math.abs(count - 5_000)).toBeLessThan(350);
    expect(Math.abs(rises - 50_000)).toBeLessThan(800);
  });
});
