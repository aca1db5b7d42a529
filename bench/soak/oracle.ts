/**
 * The ledger of what the tabs were promised, and the judge of what came of it: nothing that was acknowledged is lost,
 * nothing has happened twice, each history is whole, and no two owners wrote at a time.
 */
import type { Effect } from './activities';
import type { EventShape, Plan, Standing } from './commands';
import type { LogLine } from './inspect';
import { outputOf, stepsOf } from './plans';

export interface Note {
  item: number;
  sentAt: number;
  /** Absent if nobody knows whether it came. */
  ackedAt?: number;
}

export interface Started {
  plan: Plan;
  id?: string;
  at: number;
  /** Whether the start was acknowledged, or is only known to have happened since it was found. */
  isAcked: boolean;
  state: 'starting' | 'running' | 'ended' | 'absent' | 'bad';
  notes: Note[];
  /** It was asked to end. */
  isTerminated?: boolean;
}

interface Runs {
  ids: Set<string>;
  keys: Map<number, string>;
}

const mostShown = 40;

export class Oracle {
  readonly started = new Map<string, Started>();
  readonly violations: string[] = [];
  readonly tally: Record<string, number> = {};
  readonly #runs = new Map<string, Runs>();
  /** Of what the log has shown: the epoch of each commit, the newest commit last. */
  #seen: { commit: number; epoch: number } = { commit: 0, epoch: 0 };
  readonly #epochs = new Map<number, number>();

  count(what: string, by = 1): void {
    this.tally[what] = (this.tally[what] ?? 0) + by;
  }

  violation(text: string): void {
    this.violations.push(text);
    if (this.violations.length <= mostShown) console.log(`VIOLATION ${text}`);
  }

  // ---------------------------------------------------------------------------------------------------- effects

  ran(effects: readonly Effect[]): void {
    for (const { nonce, step, instanceId, key } of effects) {
      this.count('steps run');
      const root = this.started.get(nonce.split('/')[0] as string);
      // It may run again in a tab that was held, long after.
      if (root?.state === 'ended' && !this.#runs.has(nonce)) {
        this.count('steps run after the end');
        if (!nonce.includes('/') && root.id !== instanceId)
          this.violation(`${nonce} ran as ${root.id} and ${instanceId}`);
        continue;
      }
      const runs = this.#runs.get(nonce) ?? { ids: new Set(), keys: new Map() };
      this.#runs.set(nonce, runs);
      runs.ids.add(instanceId);
      if (runs.ids.size > 1) this.violation(`${nonce} was started twice: as ${[...runs.ids].join(' and ')}`);
      const known = runs.keys.get(step);
      if (known === undefined) runs.keys.set(step, key);
      else {
        this.count('steps run again');
        if (known !== key) this.violation(`step ${step} of ${nonce} was called twice: ${known}, ${key}`);
      }
    }
  }

  /** Whether all that it had to do was done, as far as its steps tell. */
  hasRun(plan: Plan): boolean {
    return [...stepsOf(plan)].every(([nonce, steps]) => (this.#runs.get(nonce)?.keys.size ?? 0) >= steps);
  }

  hasBegun({ nonce }: Plan): boolean {
    return this.#runs.has(nonce) || this.#runs.has(`${nonce}/0`);
  }

  // ---------------------------------------------------------------------------------------------------- ends

  /** Judges how an instance has ended. */
  ended(started: Started, standing: Standing): void {
    const { plan, id } = started;
    const { runtimeStatus, output, failure } = standing;
    started.state = 'ended';
    const is = `${plan.kind} ${id} is ${runtimeStatus}: ${failure ?? JSON.stringify(output)}`;
    if (failure !== undefined && /crashed or hung/.test(failure)) {
      this.count('ended as suspects');
    } else if (plan.kind === 'failing') {
      if (runtimeStatus !== 'Failed' || !failure?.includes(`refused ${plan.nonce}`))
        this.violation(`${is}; it must fail`);
    } else if (plan.kind === 'collect') {
      if (started.isTerminated) {
        if (runtimeStatus !== 'Terminated') this.violation(`${is}; it was terminated`);
      } else if (runtimeStatus !== 'Completed') this.violation(is);
      else this.#collected(started, output as number[]);
    } else if (runtimeStatus !== 'Completed' || JSON.stringify(output) !== JSON.stringify(outputOf(plan))) {
      this.violation(`${is}; it must be ${JSON.stringify(outputOf(plan))}`);
    }
    if (runtimeStatus === 'Completed' && !this.hasRun(plan)) this.violation(`${is}, and not all of its steps ran`);
    for (const nonce of stepsOf(plan).keys()) this.#runs.delete(nonce);
    this.#runs.delete(plan.nonce);
    this.count(`ended: ${plan.kind}`);
  }

  #collected({ id, notes }: Started, items: readonly number[]): void {
    if (new Set(items).size !== items.length) this.violation(`an event of ${id} came twice: ${items}`);
    for (const { item, ackedAt } of notes) {
      if (ackedAt !== undefined && !items.includes(item)) this.violation(`event ${item} of ${id} is lost: ${items}`);
    }
    const sent = notes.map(({ item }) => item);
    if (items.some((item) => !sent.includes(item))) this.violation(`${id} got what nobody sent: ${items}`);
    // Who was told that one event is stored, and sends the next, finds them in this order.
    for (const first of notes) {
      for (const second of notes) {
        if (first.ackedAt === undefined || second.sentAt <= first.ackedAt) continue;
        const [a, b] = [items.indexOf(first.item), items.indexOf(second.item)];
        if (b >= 0 && a > b)
          this.violation(`events ${first.item} and ${second.item} of ${id} changed places: ${items}`);
      }
    }
  }

  // ---------------------------------------------------------------------------------------------------- what is written

  /** Turns are whole and in order; each task is scheduled once, in order, and settled at most once. */
  history(id: string, history: readonly EventShape[]): void {
    this.count('histories checked');
    const of = (...types: string[]) => history.filter(({ type }) => types.includes(type));
    const bad = (what: string) =>
      this.violation(
        `the history of ${id} ${what}: ${history.map(({ type, taskId }) => `${type} ${taskId ?? ''}`).join(', ')}`,
      );
    const marks = of('OrchestratorStarted', 'OrchestratorCompleted');
    const isPaired = marks.every(
      ({ type }, i) => type === (i % 2 === 0 ? 'OrchestratorStarted' : 'OrchestratorCompleted'),
    );
    if (!isPaired || marks.length % 2 !== 0) bad('has turns that are not whole');
    const times = of('OrchestratorStarted').map(({ at = 0 }) => at);
    if (times.some((at, i) => i > 0 && at < (times[i - 1] as number))) bad('goes back in time');
    const scheduled = of('TaskScheduled', 'TimerCreated', 'SubOrchestrationInstanceCreated').map(
      ({ taskId }) => taskId,
    );
    if (scheduled.some((taskId, i) => taskId !== i)) bad('has tasks out of order');
    const settled = of(
      'TaskCompleted',
      'TaskFailed',
      'TimerFired',
      'TaskCanceled',
      'SubOrchestrationInstanceCompleted',
      'SubOrchestrationInstanceFailed',
    ).map(({ taskId }) => taskId);
    if (new Set(settled).size !== settled.length) bad('has a result twice');
    if (settled.some((taskId) => !scheduled.includes(taskId))) bad('has a result of nothing');
    if (of('ExecutionStarted').length !== 1) bad('has not one start');
    if (of('ExecutionCompleted').length > 1) bad('ends twice');
  }

  /** What the log holds now. Between two looks, a checkpoint may have taken records away; never does one change. */
  log(lines: readonly LogLine[], epoch: number): void {
    this.count('logs checked');
    const lengths = new Map<number, number>();
    for (const [i, { commit, epoch: own, entries }] of lines.entries()) {
      const before = lines[i - 1];
      if (before && commit !== before.commit + 1) this.violation(`commit ${before.commit} is followed by ${commit}`);
      if (before && own < before.epoch)
        this.violation(`commit ${commit} of epoch ${own} comes after epoch ${before.epoch}`);
      const known = this.#epochs.get(commit);
      if (known !== undefined && known !== own)
        this.violation(`commit ${commit} was of epoch ${known}, and is of ${own}`);
      if (commit > this.#seen.commit && own < this.#seen.epoch) {
        this.violation(
          `commit ${commit} of epoch ${own} was written after epoch ${this.#seen.epoch} had begun to write`,
        );
      }
      this.#epochs.set(commit, own);
      for (const { kind, id, execution, index = 0, events = 0 } of entries) {
        const length = lengths.get(execution);
        if (kind === 'create' && length !== undefined) this.violation(`execution ${execution} of ${id} was made twice`);
        if (kind === 'append' && length !== undefined && index !== length) {
          this.violation(
            `execution ${execution} of ${id} goes on at ${index} after ${length} events, in commit ${commit}`,
          );
        }
        if (kind !== 'delete') lengths.set(execution, index + events);
      }
    }
    const last = lines.at(-1);
    if (!last) return;
    if (last.epoch > epoch) this.violation(`epoch ${last.epoch} has written, and the owner's is ${epoch}`);
    if (last.commit < this.#seen.commit)
      this.violation(`commit ${this.#seen.commit} was there, and now the last is ${last.commit}`);
    this.#seen = { commit: last.commit, epoch: last.epoch };
    for (const commit of [...this.#epochs.keys()]) if (commit < last.commit - 20_000) this.#epochs.delete(commit);
  }

  get commits(): number {
    return this.#seen.commit;
  }
}
