/** The page of the bench. It does what it is told, once; how often, and what is made of it, is decided in `run.mjs`. */
import { alone } from './families/alone/page';
import { bytes } from './families/bytes/page';
import { crowd } from './families/crowd/page';
import { linear } from './families/linear/page';
import { memory } from './families/memory/page';
import { pairs } from './families/pairs/page';
import { sustained } from './families/sustained/page';

const bench = { pairs, alone, linear, crowd, memory, bytes, sustained };

/** What `run.mjs` finds in the page. */
export type Bench = typeof bench;
declare global {
  interface Window {
    bench: Bench;
  }
}
window.bench = bench;
