/** Every orchestration of the demo. The names under which they are exported are their names in the hub. */
export { approval } from './approval';
export { collectNames } from './collect-names';
export { chain, fanOut, sleep } from './experiments';
export { helloCities } from './hello-cities';
export { monitor } from './monitor';
export { photoAlbum } from './photo-album';
