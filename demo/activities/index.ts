/** The demo's activities; they may do anything, and are called by name. */
export { book } from './book';
export { checkOrder } from './check-order';
export { collectNames } from './collect-names';
export { contactSheet } from './contact-sheet';
export { crunch } from './crunch';
export { hashFile } from './hash-file';
export { noop } from './noop';
export { hash, measure, thumbnail } from './photos';
export { sayHello } from './say-hello';
export {
  bookCar,
  bookFlight,
  bookHotel,
  cancelCar,
  cancelFlight,
  cancelHotel,
} from './trip';
export { finishUpload, uploadParts } from './upload';
