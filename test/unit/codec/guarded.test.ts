/** While an async turn waits for its hop, other values may pass the codec. They are not the orchestrator's affair. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { aesGcm, Coding } from '../../../worker/codec';
import { current, enter, leave } from '../../../worker/determinism/guard';
import { installGuards } from '../../../worker/determinism/install';
import { Turn } from '../../support/turn';
import { newKey } from './codecs';

beforeAll(() => installGuards());
afterEach(() => leave());

it('a codec works while a turn runs, and leaves the turn as it was', async () => {
  const key = await newKey();
  const turn = new Turn();
  const coding = new Coding(
    aesGcm({
      key: () => {
        expect(current).toBe(undefined);
        return key;
      },
    }),
  );
  enter(turn);
  const blob = new Blob(['a secret']);
  const [value, payload] = await Promise.all([coding.encode({ a: new Date(5) }), coding.encodePayload(blob, true)]);
  const again = await Promise.all([coding.encode({ a: new Date(5) }), coding.encodePayload(blob, true)]);
  expect(await coding.decode(value)).toEqual({ a: new Date(5) });
  expect(await ((await coding.decodePayload(payload)) as Blob).text()).toBe('a secret');
  expect(current).toBe(turn);
  expect(turn.forbidden).toEqual([]);
  // Chance is the browser's, not the turn's, which would be the same again on replay.
  expect(again).not.toEqual([value, payload]);
});
