/** The page that times perdure beside its rivals, one run at a time. */
import { type Load, type LoadName, loads } from '../loads';
import { rivals } from './rivals';

const limitMs = 60_000;

const peers = {
  loads: Object.keys(loads) as LoadName[],
  rivals: rivals.map(({ name, version, keeps, how }) => ({ name, version, keeps, how })),

  /**
   * Milliseconds from the start of the load until the page has all results, with a database and an engine of its own. A page
   * is for one rival, as some leave stand-ins for parts of Node behind, and until an error: what was started may still run.
   */
  async time(name: string, loadName: LoadName): Promise<number> {
    const rival = rivals.find((one) => one.name === name);
    if (rival === undefined) throw new Error(`no rival is called ${name}`);
    const load = loads[loadName];
    const side = await inTime(`${name} opening`, rival.open());
    await inTime(`${name} opening`, side.ready);
    // So that all modules are loaded and all workers are up.
    const small: Load = { instances: 1, steps: 1, width: 2 };
    check(await inTime(`${name} on a small run`, side.run(small)), small);
    const start = performance.now();
    const results = await inTime(`${name} on ${loadName}`, side.run(load));
    const ms = performance.now() - start;
    check(results, load);
    await side.close();
    return ms;
  },
};

/** What is found in the page. */
export type Peers = typeof peers;
declare global {
  interface Window {
    peers: Peers;
  }
}
window.peers = peers;

function inTime<T>(what: string, work: T | PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: not done within ${limitMs / 1000} s`)), limitMs);
    Promise.resolve(work)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}

function check(results: readonly number[], { instances, steps, width }: Load): void {
  if (results.length === instances && results.every((done) => done === steps * width)) return;
  throw new Error(`the load was not done: ${results.length} results, the first ones ${results.slice(0, 5).join(', ')}`);
}
