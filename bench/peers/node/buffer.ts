/** Node's `Buffer`, which a rival expects to find. To be imported before it. */
import { Buffer } from 'buffer/';

Object.assign(globalThis, { Buffer });
