/** Every activity of the demo. They may do anything: each result is recorded, and never worked out again. */
export { book } from './book';
export { checkOrder } from './check-order';
export { collectNames } from './collect-names';
export { contactSheet } from './contact-sheet';
export { noop } from './noop';
export { hash, measure, thumbnail } from './photos';
export { sayHello } from './say-hello';
