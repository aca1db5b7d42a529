// @ts-check
// All families, in the order in which they run.

import { alone } from './alone/node.mjs';
import { bytes } from './bytes/node.mjs';
import { coldStart } from './cold-start/node.mjs';
import { crowd } from './crowd/node.mjs';
import { linear, replay } from './linear/node.mjs';
import { memory } from './memory/node.mjs';
import { pairs } from './pairs/node.mjs';
import { peers } from './peers/node.mjs';
import { sizes } from './sizes/node.mjs';
import { sustained } from './sustained/node.mjs';

/** @type {readonly import('./family.mjs').Family[]} */
export const families = [sizes, coldStart, pairs, alone, replay, crowd, memory, bytes, sustained, peers, linear];
