/**
 * The host worker of one tab: it answers the page's calls, waits to own the task hub, and runs it when it does. While
 * another tab owns the hub, commands go through the inbox, and queries are answered from the database.
 */
import { type FailureDetails, HubUnavailableError, type RunCondition, toFailure } from '../../src/core';
import type { HostMessage, HubDetails, HubRole, OwnerStanding, PageMessage } from '../../src/protocol';
import type { Coding } from '../codec';
import { FencedError, type Store } from '../store/store';
import { Builds } from './builds';
import { type Command, messageOf } from './commands';
import { Conditions } from './conditions';
import { Desk, type Errand } from './desk';
import type { Environment } from './environment';
import { type Hint, Hints } from './hints';
import { type LiveTask, LiveTasks } from './live-tasks';
import type { Caller } from './message';
import { Outbox } from './outbox';
import { Ownership } from './ownership';
import type { Registry } from './registry';
import type { RetentionPolicy } from './sweep';
import { stateOf, type TaskState } from './task-state';
import { Tenure } from './tenure';

export interface HostOptions {
  orchestrations: Registry;
  /** Names the code; numbers tell which of two builds is the newer one. */
  build: string | number;
  coding: Coding;
  retention?: RetentionPolicy;
  environment: Environment;
  post(message: HostMessage): void;
}

type OpenMessage = Extract<PageMessage, { kind: 'open' }>;

/** So often a tab that does not own the hub looks for changes, should a hint be lost, in milliseconds. */
const lookEveryMs = 5_000;

export class Host {
  readonly #options: HostOptions;
  readonly #taskHub: string;
  readonly #store: Store;
  readonly #desk: Desk;
  readonly #outbox: Outbox;
  readonly #hints: Hints;
  readonly #builds: Builds;
  readonly #conditions: Conditions;
  readonly #liveTasks: LiveTasks;
  readonly #ownership: Ownership;
  /** The epoch of the last owner that its page ended, since it hung. */
  #wedgedEpoch: number | undefined;
  /** The epoch of the last owner that left in good health. */
  #leftEpoch: number | undefined;
  #role: HubRole = 'starting';
  #isVisible = false;
  #isClosed = false;
  #tenure: Tenure | undefined;
  /** The hub runs here, and takes commands. */
  #isReady = false;
  /** What the owner of now has told of itself. */
  #owner: OwnerStanding | undefined;
  /** Commands that came before it was known who owns the hub. */
  #early: Errand[] = [];
  /** The newest commit that the page has been shown. */
  #shown = 0;
  #lookTimer: unknown;
  /** A connection for the next tenure, opened before that begins: to open one takes longer than to take over. */
  #spare: Store | undefined;

  constructor({ taskHub, wedgedEpoch, leftEpoch, isFirst, steals }: OpenMessage, options: HostOptions) {
    const { environment, coding } = options;
    this.#options = options;
    this.#wedgedEpoch = wedgedEpoch;
    this.#leftEpoch = leftEpoch;
    this.#taskHub = taskHub;
    this.#store = this.#openStore();
    const source = { store: this.#store, coding };
    this.#openAhead();
    this.#conditions = new Conditions(
      taskHub,
      environment,
      () => this.#onCondition(),
      () => this.#hints.send({ kind: 'attention' }),
    );
    this.#liveTasks = new LiveTasks((changed) => {
      this.#showTasks(changed);
      this.#hints.send({ kind: 'live', tasks: changed });
    }, environment.clock);
    this.#desk = new Desk({
      source,
      clock: environment.clock,
      ownTail: () => this.#tenure?.hub.tail,
      stateOf: (key, runWhen) => this.#stateOf(key, runWhen),
      details: () => this.#details(),
      carryOut: (errand) => this.#carryOut(errand),
      post: options.post,
    });
    this.#outbox = new Outbox(source, this.#build, environment.clock);
    this.#builds = new Builds(taskHub, this.#build, environment.locks);
    this.#hints = new Hints(taskHub, environment, (hint) => this.#hear(hint));
    this.#hints.send({ kind: 'hello' });
    this.#lookLater();
    this.#ownership = new Ownership({
      taskHub,
      environment,
      build: options.build,
      mayAsk: isFirst,
      steals,
      isVisible: () => this.#isVisible,
      run: () => this.#runHub(),
      stop: () => this.#tenure?.handOver(),
      standing: () => this.#tenure?.standing ?? { build: this.#build, workers: 0 },
      onWait: () => this.#wait(),
      onOwner: (standing) => this.#setOwner(standing),
      onHeir: (epoch) => {
        this.#leftEpoch = epoch;
      },
      onSteal: () => options.post({ kind: 'stole' }),
      onFailure: (error) => this.#failed(error),
    });
  }

  receive(message: Exclude<PageMessage, { kind: 'open' }>): void {
    switch (message.kind) {
      case 'close':
        void this.#close();
        break;
      case 'left':
        this.#leftEpoch = message.epoch;
        break;
      case 'wedged':
        this.#wedgedEpoch = message.epoch;
        break;
      case 'attention':
        this.#isVisible = message.isVisible;
        void this.#conditions.setPage(message);
        break;
      default:
        this.#desk.receive(message);
    }
  }

  get #build(): string {
    return String(this.#options.build);
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#tenure?.close();
    await this.#ownership.close();
    this.#options.environment.clock.clearTimer(this.#lookTimer);
    this.#desk.stop();
    this.#outbox.stop();
    this.#conditions.close();
    this.#builds.close();
    this.#liveTasks.clear();
    this.#hints.close();
    this.#spare?.close();
    this.#store.close();
    this.#options.post({ kind: 'closed' });
  }

  // ------------------------------------------------------------------------------------------------ ownership

  #wait(): void {
    this.#setRole('waiting');
    this.#openAhead();
    // What was shown may be from before another tab took over.
    this.#desk.show(undefined);
  }

  /** A tab with an older version may hold up any of the connections, and then only the first of them hears of it. */
  #openStore(): Store {
    return this.#options.environment.openStore((isBlocked) => this.#onBlocked(isBlocked));
  }

  #openAhead(): void {
    this.#spare ??= this.#openStore();
    void this.#spare.read({}).catch(() => {});
  }

  #takeSpare(): Store {
    const store = this.#spare ?? this.#openStore();
    this.#spare = undefined;
    return store;
  }

  async #runHub(): Promise<void> {
    if (this.#isClosed) return;
    const { environment, coding, orchestrations, retention } = this.#options;
    // What the last owner told of its activities is over.
    this.#liveTasks.clear();
    this.#hints.send({ kind: 'live', tasks: [], isAll: true });
    const tenure = new Tenure({
      name: this.#taskHub,
      environment,
      store: this.#takeSpare(),
      source: { store: this.#store, coding },
      coding,
      orchestrations,
      build: this.#build,
      wedgedEpoch: this.#wedgedEpoch,
      leftEpoch: this.#leftEpoch,
      ...(retention && { retention }),
      liveTasks: this.#liveTasks,
      holds: (condition) => this.#conditions.holds(condition),
      livingBuilds: (builds) => this.#builds.living(builds),
      onTakenOver: (epoch) => this.#options.post({ kind: 'takenOver', epoch }),
      onChange: (ids) => {
        this.#desk.show(ids);
        this.#hints.changed(ids);
      },
      onOutcome: () => {
        this.#hints.send({ kind: 'outcomes' });
        void this.#outbox.look().catch(() => {});
      },
      onTrouble: (error) => {
        if (error !== undefined) console.error(`[perdure] task hub '${this.#taskHub}':`, error);
        this.#setRole(this.#isReady ? 'owner' : 'starting', error === undefined ? undefined : toFailure(error));
      },
      onReady: () => this.#ready(),
      onStanding: () => {
        this.#ownership.tell();
        this.#desk.showHub();
      },
    });
    this.#tenure = tenure;
    // What waits for the hub most likely calls activities: their worker starts while the hub does.
    if (this.#early.some(({ command }) => command.method === 'startNew')) tenure.pool.prepare?.();
    try {
      await tenure.run();
    } finally {
      this.#tenure = undefined;
      this.#isReady = false;
      if (this.#role === 'owner') this.#setRole('waiting');
    }
  }

  #ready(): void {
    this.#isReady = true;
    this.#setRole('owner');
    // What the last owner committed and did not tell any more.
    this.#hints.send({ kind: 'changed' });
    this.#desk.show(undefined);
    for (const errand of this.#early.splice(0)) this.#carryOut(errand);
  }

  #failed(error: unknown): void {
    this.#setRole('starting', toFailure(error));
    for (const { done } of this.#early.splice(0)) done({ error });
    // Nobody is to go on looking at what may be gone.
    this.#desk.show(undefined);
  }

  #setRole(role: HubRole, failure?: FailureDetails): void {
    this.#role = role;
    const epoch = role === 'owner' ? this.#tenure?.hub.epoch : undefined;
    this.#options.post({ kind: 'hub', role, ...(epoch !== undefined && { epoch }), ...(failure && { failure }) });
    this.#desk.showHub();
    if (role === 'waiting') for (const errand of this.#early.splice(0)) this.#carryOut(errand);
  }

  #onBlocked(isBlocked: boolean): void {
    const blocked = 'a tab with an older version of this app holds the storage: close or reload it';
    this.#setRole(this.#role, isBlocked ? toFailure(new HubUnavailableError(blocked)) : undefined);
  }

  #setOwner(standing: OwnerStanding): void {
    this.#owner = standing;
    this.#desk.showHub();
  }

  /** What is told of the hub, beside this tab's role. */
  async #details(): Promise<HubDetails> {
    const { environment } = this.#options;
    const owner = this.#tenure?.standing ?? this.#owner;
    const room = await environment.room();
    return { ...(owner && { owner }), storage: { kind: environment.storage, ...room } };
  }

  // ------------------------------------------------------------------------------------------------ calls

  #carryOut(errand: Errand): void {
    const { command } = errand;
    const done: Caller['done'] = (outcome) => {
      // It has not happened here; whoever owns the hub now will see to it.
      if ('error' in outcome && outcome.error instanceof FencedError) this.#again(errand);
      else errand.done(outcome);
    };
    try {
      if (this.#isClosed) throw new HubUnavailableError('the client was closed');
      if (this.#tenure && this.#isReady) this.#tenure.hub.submit(messageOf(command, { done }));
      else if (this.#role === 'waiting') void this.#post(command, done);
      else this.#early.push(errand);
    } catch (error) {
      done({ error });
    }
  }

  #again(errand: Errand): void {
    if (this.#role === 'waiting') this.#carryOut(errand);
    else this.#early.push(errand);
  }

  async #post(command: Command, done: Caller['done']): Promise<void> {
    try {
      await this.#outbox.post(command, done);
      this.#hints.send({ kind: 'inbox' });
      // This tab may have become the owner while the command was being stored.
      await this.#tenure?.take();
    } catch (error) {
      done({ error });
    }
  }

  // ------------------------------------------------------------------------------------------------ changes

  #hear(hint: Hint): void {
    switch (hint.kind) {
      case 'inbox':
        void this.#tenure?.take().catch(() => {});
        break;
      case 'outcomes':
        void this.#outbox.look().catch(() => {});
        break;
      case 'changed':
        this.#desk.show(hint.ids && new Set(hint.ids));
        break;
      case 'attention':
        void this.#conditions.look();
        break;
      case 'live':
        if (this.#tenure) break;
        if (hint.isAll) this.#liveTasks.clear();
        this.#liveTasks.apply(hint.tasks);
        this.#showTasks(hint.tasks);
        break;
      case 'hello':
        if (this.#tenure) this.#hints.send({ kind: 'live', tasks: this.#liveTasks.all, isAll: true });
        break;
    }
  }

  /** A hint may be lost: so whatever is followed is looked at from time to time, in each tab. */
  #lookLater(): void {
    const { clock } = this.#options.environment;
    this.#lookTimer = clock.setTimer(async () => {
      await this.#look().catch(() => {});
      if (!this.#isClosed) this.#lookLater();
    }, lookEveryMs);
  }

  async #look(): Promise<void> {
    if (this.#tenure) await this.#tenure.take();
    this.#desk.showHub();
    if (this.#tenure || !this.#desk.isAsked) return;
    const newest = await this.#desk.queries.newest();
    if (newest === this.#shown) return;
    this.#shown = newest;
    this.#desk.show(undefined);
  }

  #showTasks(tasks: readonly LiveTask[]): void {
    if (tasks.length > 0) this.#desk.showUnrecorded(new Set(tasks.map(({ instanceId }) => instanceId)));
  }

  #onCondition(): void {
    this.#tenure?.pool.lookAgain?.();
    // Whoever waits for it says so in its status.
    this.#desk.showUnrecorded(undefined);
  }

  /** What is known of an open activity beyond what is recorded. */
  #stateOf(key: string, runWhen: RunCondition | undefined): TaskState {
    return stateOf(this.#liveTasks.get(key), runWhen, (condition) => this.#conditions.holds(condition));
  }
}
