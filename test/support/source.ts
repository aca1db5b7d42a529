import { Coding } from '../../worker/codec';
import type { Source } from '../../worker/hub/payloads';
import type { Store } from '../../worker/store/store';

/** A store whose values are not encoded. */
export const plain = (store: Store): Source => ({ store, coding: new Coding(undefined) });
