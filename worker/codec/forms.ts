/**
 * The forms in which values come to a codec as bytes. They come with the codec itself: a hub without one has no use for
 * them and what they are made with, and one that loaded them later might be offline by then.
 */
import { decodeBinary, encodeBinary, isEncodedBinary } from './binary';
import { fromBytes, toBytes } from './value-bytes';

export const forms = { toBytes, fromBytes, encodeBinary, decodeBinary, isEncodedBinary };
export type Forms = typeof forms;
