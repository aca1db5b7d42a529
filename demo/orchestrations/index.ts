/** The demo's orchestrations; in the hub, they go by these names. */
export { approval } from './approval';
export { bookTrip } from './book-trip';
export { collectNames } from './collect-names';
export { countPrimes } from './count-primes';
export { chain, fanOut, sleep } from './experiments';
export { helloCities } from './hello-cities';
export { monitor } from './monitor';
export { photoAlbum } from './photo-album';
export { review } from './review';
export { uploadFile } from './upload-file';
