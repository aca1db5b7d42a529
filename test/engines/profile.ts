/** A browser's folder, with the browser that runs in it at the moment: it can be killed, and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DemoTab } from './demo-tab';
import type { Browser, Engine } from './engine';

export class Profile {
  readonly #engine: Engine;
  readonly #baseURL: string;
  readonly #folder: string;
  #browser: Browser | undefined;
  #tabs: DemoTab[] = [];
  #problems: string[] = [];

  static async create(engine: Engine, baseURL: string): Promise<Profile> {
    return new Profile(engine, baseURL, await mkdtemp(join(tmpdir(), 'perdure-engines-')));
  }

  private constructor(engine: Engine, baseURL: string, folder: string) {
    this.#engine = engine;
    this.#baseURL = baseURL;
    this.#folder = folder;
  }

  /** Opens the demo in a new tab; starts a browser if none runs. */
  async open(): Promise<DemoTab> {
    this.#browser ??= await this.#engine.start(this.#folder);
    const demo = await DemoTab.open(this.#browser, this.#baseURL);
    this.#tabs.push(demo);
    return demo;
  }

  /** Prints what was measured, with the browser that it was measured in. */
  report(figures: string): void {
    console.log(`${this.#browser?.version}: ${figures}`);
  }

  /** How each open tab stands to the hub, for whoever wants to know why a test failed. */
  async describe(): Promise<string> {
    const silence = pause(2_000, 'no answer', { ref: false });
    const views = await Promise.all(this.#tabs.map((demo) => Promise.race([demo.describe().catch(String), silence])));
    return [...views, ...(this.#browser?.problems ?? [])].join('\n');
  }

  async kill(): Promise<void> {
    await this.#browser?.kill();
    this.#forget();
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.#forget();
  }

  /** The problems of all browsers that have ended, since the last time. */
  takeProblems(): string[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  async delete(): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #forget(): void {
    this.#problems.push(...(this.#browser?.problems ?? []));
    this.#browser = undefined;
    this.#tabs = [];
  }
}
