/** A bare activity worker: a message brings a batch of tasks, and one with their results goes back. */
import { noop } from './activities';

/** Tasks or results, in columns: nothing is cloned faster. */
export interface Batch {
  /** The number of each one's instance. */
  instances: number[];
  values: number[];
}

self.onmessage = async ({ data: { instances, values } }: MessageEvent<Batch>) => {
  const results: Batch = { instances, values: await Promise.all(values.map(noop)) };
  postMessage(results);
};
