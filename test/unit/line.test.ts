import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Line } from '../../src/core/line';

it('serves whoever has waited longest, whoever has left meanwhile', () => {
  const action = fc.oneof(fc.constant('join' as const), fc.constant('next' as const), fc.nat(20));
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const line = new Line<number>();
      const naive: number[] = [];
      const leave = new Map<number, () => void>();
      for (const [i, each] of actions.entries()) {
        if (each === 'join') {
          naive.push(i);
          leave.set(i, line.join(i));
        } else if (each === 'next') {
          expect(line.next()).toBe(naive.shift());
        } else if (each < naive.length) {
          const [left] = naive.splice(each, 1) as [number];
          leave.get(left)?.();
        }
        expect(line.first).toBe(naive[0]);
        expect(line.isEmpty).toBe(naive.length === 0);
      }
    }),
  );
});
