/** What the page's activities and the upload server have to agree upon. */

/** Every part of a file but the last is as large as this. */
export const partBytes = 1_048_576;

/** A file has so many parts at most. */
export const mostParts = 2_048;

/** How the server treats a part, to show what a network can do. */
export type Network = 'good' | 'slow' | 'very slow' | 'failing';

/** A part that came to the server, whole or not. */
export interface Arrival {
  readonly part: number;
  /** The key that it came with. */
  readonly key: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** What the server has made of all parts. */
export interface Received {
  readonly bytes: number;
  readonly sha256: string;
  /** How many parts came more than once. */
  readonly repeated: number;
}

/** How an upload stands. */
export interface UploadStatus {
  readonly arrivals: readonly Arrival[];
  readonly received: Received | undefined;
}
