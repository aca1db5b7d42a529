/** The soak as a whole: the load, the blows, the samples, and at the end the verdict. */
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { readInstance } from '../../src/client/portable';
import { replayAll } from '../../src/testing';
import { Chance } from '../../test/support/chance';
import { SoakBrowser } from './browser';
import type { Plan, Standing } from './commands';
import { Crew } from './crew';
import type { Contents } from './inspect';
import { awaitEnd, insist, live, type Surroundings } from './life';
import { Oracle } from './oracle';
import * as orchestrations from './orchestrations';
import { pause } from './pause';
import { planOf } from './plans';
import { keep } from './retention';
import { heading, line, type Sample, type Trend, trends } from './samples';
import { serve } from './server';

export interface SoakOptions {
  minutes: number;
  instances: number;
  seed: number;
  /** Seconds between two blows, on average; 0 for none. */
  killEverySeconds: number;
  broken?: string;
}

export interface Report extends SoakOptions {
  browser: string;
  cores: number;
  seconds: number;
  perSecond: number;
  tally: Oracle['tally'];
  blows: Crew['blows'];
  ownersStruck: number;
  epochs: number;
  commits: number;
  samples: Sample[];
  trends: Trend[];
  violations: string[];
  isGood: boolean;
}

/** With more instances than this under way, no new ones are started. */
const mostOpen = 1_500;
const tickMs = 100;
const sampleEverySeconds = 10;
const memoryEverySamples = 3;
/** After the last start, all must have ended within this time. */
const drainMs = 240_000;
/** A shorter soak says nothing of what grows. */
const longMinutes = 5;
/** Retention looks once a minute; a round of it takes its time. */
const retainMs = 100_000;
/** Blows come in storms; in between, the owner stays for a while. */
const stormSeconds = 75;
const calmSeconds = 45;

export async function soak(options: SoakOptions): Promise<Report> {
  const memory = '/dev/shm';
  const folder = mkdtempSync(join(isWritable(memory) ? memory : tmpdir(), 'perdure-soak-'));
  const pages = join(folder, 'pages');
  await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'warn',
    resolve: { tsconfigPaths: true },
    worker: { format: 'es' },
    build: { outDir: pages, emptyOutDir: true, target: 'es2023' },
  });
  const oracle = new Oracle();
  const server = await serve(pages, (effects) => oracle.ran(effects));
  const browser = await SoakBrowser.start(join(folder, 'profile'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await browser.stop();
      rmSync(folder, { recursive: true, force: true });
      process.exit(1);
    });
  }
  try {
    return await new Soak(options, oracle, browser, `${server.url}?break=${options.broken ?? ''}`).run();
  } finally {
    await browser.stop();
    server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #oracle: Oracle;
  readonly #browser: SoakBrowser;
  readonly #crew: Crew;
  readonly #chance: Chance;
  readonly #around: Surroundings;
  readonly #samples: Sample[] = [];
  readonly #open = new Set<Promise<void>>();
  readonly #begin = performance.now();
  #started = 0;

  constructor(options: SoakOptions, oracle: Oracle, browser: SoakBrowser, url: string) {
    this.#options = options;
    this.#oracle = oracle;
    this.#browser = browser;
    this.#chance = new Chance(options.seed);
    this.#crew = new Crew(browser, url, new Chance(options.seed + 1));
    const chance = new Chance(options.seed + 2);
    this.#around = { crew: this.#crew, oracle, chance, started: () => this.#started, exports: [] };
  }

  get #seconds(): number {
    return (performance.now() - this.#begin) / 1_000;
  }

  async run(): Promise<Report> {
    const { minutes, instances, seed, killEverySeconds, broken } = this.#options;
    console.log(
      `Chromium ${this.#browser.version}, ${availableParallelism()} cores, seed ${seed}: ${instances} instances in ${minutes} minutes,` +
        ` ${killEverySeconds ? `a blow each ${killEverySeconds} s` : 'no blows'}${broken ? `, broken: ${broken}` : ''}`,
    );
    await this.#crew.fill();
    console.log(`${new Set(this.#crew.tabs.map(({ pid }) => pid)).size} tabs in processes of their own`);
    console.log(heading);
    let isLoaded = true;
    const striking = this.#strikeWhile(() => isLoaded);
    const sampling = this.#sampleWhile(() => isLoaded);
    await this.#load();
    const loadSeconds = this.#seconds;
    isLoaded = false;
    await Promise.all([striking, sampling]);
    await this.#crew.quiet();
    await this.#drain();
    const seconds = this.#seconds;
    await this.#judgeTheRest();
    await this.#replay();
    return this.#report(seconds, trends(this.#samples, loadSeconds));
  }

  // ---------------------------------------------------------------------------------------------------- the load

  async #load(): Promise<void> {
    const { minutes, instances, seed } = this.#options;
    const rate = instances / (minutes * 60);
    const from = this.#seconds;
    while (this.#started < instances) {
      const due = Math.min(instances, Math.floor((this.#seconds - from) * rate));
      while (this.#started < due && this.#open.size < mostOpen) {
        this.#live(planOf(this.#started++, seed, this.#chance));
      }
      await pause(tickMs);
    }
  }

  #live(plan: Plan): void {
    const life = live(plan, this.#around)
      .catch((error) => this.#oracle.violation(`${plan.kind} ${plan.nonce}: ${error?.stack ?? error}`))
      .finally(() => this.#open.delete(life));
    this.#open.add(life);
  }

  async #strikeWhile(isOn: () => boolean): Promise<void> {
    const { killEverySeconds, minutes } = this.#options;
    if (killEverySeconds === 0) return;
    // A short soak has its calm as well.
    const scale = Math.min(1, minutes / 4);
    const [storm, calm] = [stormSeconds * scale, calmSeconds * scale];
    const chance = new Chance(this.#options.seed + 3);
    while (isOn()) {
      await pause(-Math.log(1 - chance.next()) * killEverySeconds * 1_000 * (storm / (storm + calm)));
      if (isOn() && this.#seconds % (storm + calm) < storm) this.#crew.strike();
    }
  }

  // ---------------------------------------------------------------------------------------------------- what it takes

  async #sampleWhile(isOn: () => boolean): Promise<void> {
    for (let number = 1; isOn(); number++) {
      while (isOn() && this.#seconds < number * sampleEverySeconds) await pause(tickMs);
      if (isOn()) await this.#sample(number % memoryEverySamples === 0);
      // Now and then an app purges by itself.
      if (number % 18 === 0) {
        const purged = await (await this.#crew.any()).ask('purge', { olderThanMs: 50_000 });
        if (purged !== 'gone' && 'value' in purged) this.#oracle.count('purged by age', purged.value);
      }
    }
  }

  async #sample(withMemory: boolean): Promise<void> {
    const contents = await this.#contents(false);
    const count = await (await this.#crew.any()).ask('count', 'Completed');
    const ended = [...this.#oracle.started.values()].filter(({ state }) => state === 'ended').length;
    const sample: Sample = {
      seconds: this.#seconds,
      started: this.#started,
      ended,
      open: this.#open.size,
      blows: Object.values(this.#crew.blows).reduce((sum, each) => sum + each, 0),
      epoch: contents.epoch,
      contents: contents.records,
      completed: count !== 'gone' && 'value' in count ? count.value : Number.NaN,
      storage: contents.used / 2 ** 20,
      ...(withMemory && { memory: await this.#browser.memory() }),
    };
    this.#samples.push(sample);
    if (withMemory) console.log(line(sample));
  }

  async #contents(referred: boolean): Promise<Contents> {
    for (;;) {
      const contents = await (await this.#crew.any()).ask('contents', { referred });
      if (contents === 'gone' || !('value' in contents)) {
        await pause(200);
        continue;
      }
      this.#oracle.log(contents.value.log, contents.value.epoch);
      return contents.value;
    }
  }

  // ---------------------------------------------------------------------------------------------------- the end

  async #drain(): Promise<void> {
    const end = performance.now() + drainMs;
    while (this.#open.size > 0 && performance.now() < end) await pause(tickMs);
    const { oracle } = this.#around;
    for (const { plan, id, state } of oracle.started.values()) {
      if (state !== 'running' && state !== 'starting') continue;
      const tab = await this.#crew.any();
      const status = id === undefined ? 'no id' : await tab.ask('status', id);
      const history = id === undefined ? '' : await tab.ask('history', id);
      oracle.violation(`${plan.kind} ${plan.nonce} is stuck: ${JSON.stringify(status)} ${JSON.stringify(history)}`);
    }
  }

  async #judgeTheRest(): Promise<void> {
    const { oracle } = this.#around;
    await this.#sample(true);
    await this.#judgeLate();
    // Retention has its chance, and all is checkpointed.
    const most = keep.Completed + keep.Failed + keep.Terminated;
    const end = performance.now() + retainMs;
    let all: Standing[] = [];
    let contents = await this.#contents(false);
    do {
      await pause(2_000);
      all = await this.#list('all');
      contents = await this.#contents(false);
    } while ((parentsIn(all) > most || (contents.records.log ?? 0) > 1) && performance.now() < end);
    await this.#sample(true);
    if (parentsIn(all) > most) oracle.violation(`retention keeps ${parentsIn(all)} instances, not ${most}`);

    await this.#judgeCounts(await this.#list('all'));
    contents = await this.#contents(true);
    const { records, orphans = [], missing = [] } = contents;
    if (orphans.length > 0)
      oracle.violation(`${orphans.length} payloads that nobody refers to: ${orphans.slice(0, 10)}`);
    if (missing.length > 0) oracle.violation(`${missing.length} payloads are missing: ${missing.slice(0, 10)}`);
    if (records.inbox !== 0) oracle.violation(`${records.inbox} commands lie in the inbox`);
    if (records.staged !== 0) oracle.violation(`${records.staged} payloads are staged`);

    const purged = await (await this.#crew.any()).ask('purge', 'all');
    if (purged !== 'gone' && 'value' in purged) oracle.count('purged at last', purged.value);
    await pause(3_000);
    await this.#sample(true);
    await this.#judgeCounts([]);
    contents = await this.#contents(true);
    for (const store of ['instances', 'history', 'payloads', 'inbox', 'staged']) {
      const left = contents.records[store];
      if (left !== 0) oracle.violation(`${left} records in ${store} when all is purged`);
    }
    if ((contents.records.log ?? 0) > 1)
      oracle.violation(`${contents.records.log} records in the log when all is purged`);
    oracle.count('outcomes left', contents.records.outcomes);
  }

  /** Whatever is there and was not known to have happened is judged as well; nothing may be there that nobody started. */
  async #judgeLate(): Promise<void> {
    const { oracle } = this.#around;
    for (const { instanceId: id, nonce, runtimeStatus } of await this.#list('all')) {
      if (isChild(id)) continue;
      const started = oracle.started.get(nonce ?? '');
      if (started?.state === 'absent') {
        oracle.count('starts that happened late');
        started.id = id;
        started.isTerminated = started.plan.kind === 'collect';
        if (started.isTerminated) await insist('terminate', id, this.#around);
        const standing = await awaitEnd(started, id, await this.#crew.any(), this.#around);
        if (standing) oracle.ended(started, standing);
      } else if (started?.id !== id) {
        oracle.violation(
          `nobody knows of ${id} of ${nonce}, which is ${runtimeStatus}; it was started as ${started?.id}`,
        );
      }
    }
    for (const { instanceId, nonce, runtimeStatus } of await this.#list('open')) {
      if (!isChild(instanceId)) oracle.violation(`${instanceId} of ${nonce} has ended, and is ${runtimeStatus}`);
    }
  }

  async #judgeCounts(all: readonly Standing[]): Promise<void> {
    const tab = await this.#crew.any();
    for (const status of ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'] as const) {
      const count = await tab.ask('count', status);
      const listed = all.filter(({ runtimeStatus }) => runtimeStatus === status).length;
      if (count !== 'gone' && 'value' in count && count.value === listed) continue;
      this.#oracle.violation(`${listed} are ${status}, and the count is ${JSON.stringify(count)}`);
    }
  }

  async #list(which: 'all' | 'open'): Promise<Standing[]> {
    for (;;) {
      const list = await (await this.#crew.any()).ask('list', which);
      if (list !== 'gone' && 'value' in list) return list.value;
      await pause(200);
    }
  }

  async #replay(): Promise<void> {
    for (const { ok, instanceId, error } of await replayAll(
      orchestrations,
      this.#around.exports.flatMap(readInstance),
    )) {
      this.#oracle.count('replayed');
      if (!ok) this.#oracle.violation(`${instanceId} cannot be replayed: ${error}`);
    }
  }

  #report(seconds: number, flatness: Trend[]): Report {
    const { tally, violations, commits } = this.#oracle;
    const { blows, ownersStruck } = this.#crew;
    const epochs = this.#samples.at(-1)?.epoch ?? 0;
    const perSecond = this.#started / seconds;
    // Before retention has looked some times, everything grows.
    const isLong = this.#options.minutes >= longMinutes;
    const isGood = violations.length === 0 && (!isLong || flatness.every(({ isFlat }) => isFlat));
    console.log(
      `\n${this.#started} instances in ${seconds.toFixed(0)} s: ${perSecond.toFixed(1)} a second, ${commits} commits`,
    );
    console.log(`blows: ${JSON.stringify(blows)}, ${ownersStruck} of them on the owner; ${epochs} take-overs`);
    for (const [what, count] of Object.entries(tally).sort(([a], [b]) => (a < b ? -1 : 1))) {
      console.log(`  ${String(count).padStart(8)}  ${what}`);
    }
    console.log(`\nthe middle of the load, its end${isLong ? '' : ' (too short to tell)'}:`);
    for (const { what, middle, last, isFlat } of flatness) {
      console.log(
        `  ${what.padEnd(10)}${middle.toFixed(1).padStart(10)}${last.toFixed(1).padStart(10)}  ${isFlat ? 'flat' : 'GROWS'}`,
      );
    }
    console.log(`\n${violations.length} violations. ${isGood ? 'All is well.' : 'NOT GOOD.'}`);
    return {
      ...this.#options,
      browser: this.#browser.version,
      cores: availableParallelism(),
      seconds,
      perSecond,
      tally,
      blows,
      ownersStruck,
      epochs,
      commits,
      samples: this.#samples,
      trends: flatness,
      violations,
      isGood,
    };
  }
}

function isChild(id: string): boolean {
  return id.includes(':');
}

function parentsIn(all: readonly Standing[]): number {
  return all.filter(({ instanceId }) => !isChild(instanceId)).length;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
