/** The door of the codec: what an app hands in, one that encrypts, and how the hub uses either. */
export { type AesGcmOptions, aesGcm } from './aes-gcm';
export { type ByteCodec, type PayloadCodec, payloadCodec } from './codec';
export { Coding } from './coding';
export type { KeySource } from './key';
