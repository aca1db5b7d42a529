/** One instance from its start to the judgement, as its user would go about it: with whichever tab is there. */
import type { Chance } from '../../test/support/chance';
import type { CommandName, Commands, Plan, Standing } from './commands';
import type { Crew } from './crew';
import type { Oracle, Started } from './oracle';
import { pause } from './pause';
import { keep } from './retention';
import type { Tab } from './tab';

/** A command may lie in the inbox for a while before it is carried out. */
const looksForUnknown = [300, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** An instance that has not ended after so long is looked at. */
const longMs = 60_000;

export interface Surroundings {
  crew: Crew;
  oracle: Oracle;
  chance: Chance;
  /** How many have been started: who is older than what retention keeps may be gone before its end was seen. */
  started(): number;
  exports: string[];
}

const mostExports = 120;

export async function live(plan: Plan, around: Surroundings): Promise<void> {
  const { crew, oracle, chance } = around;
  const started: Started = { plan, at: around.started(), isAcked: false, state: 'starting', notes: [] };
  oracle.started.set(plan.nonce, started);
  const tab = await crew.any();
  const outcome = await tab.ask('start', plan);
  if (outcome !== 'gone' && 'value' in outcome) {
    started.id = outcome.value;
    started.isAcked = true;
    oracle.count('starts acknowledged');
  } else {
    oracle.count(`starts unknown: ${outcome === 'gone' ? 'the tab is gone' : outcome.code}`);
    const id = await find(plan, around);
    if (id === undefined) {
      started.state = 'absent';
      oracle.count('starts that have not happened');
      return;
    }
    oracle.count('starts unknown that have happened');
    started.id = id;
  }
  const { id } = started;
  started.state = 'running';
  const [standing] = await Promise.all([
    awaitEnd(started, id, tab, around),
    plan.kind === 'collect' ? sendNotes(started, id, around) : undefined,
  ]);
  if (!standing) return;
  oracle.ended(started, standing);
  const other = await crew.any(tab);
  if (chance.is(0.04)) {
    const history = await other.ask('history', id);
    if (history !== 'gone' && 'value' in history) oracle.history(id, history.value);
  }
  if (plan.kind !== 'payload' && around.exports.length < mostExports && chance.is(0.01)) {
    const exported = await other.ask('export', id);
    if (exported !== 'gone' && 'value' in exported) around.exports.push(exported.value);
  }
  if (chance.is(0.03)) {
    const purged = await other.ask('purge', id);
    if (purged !== 'gone' && 'value' in purged) oracle.count('purged one by one', purged.value);
  }
}

/** Looks from other tabs whether a start of which nobody knows has happened. */
async function find({ nonce, isFresh }: Plan, { crew }: Surroundings): Promise<string | undefined> {
  for (const ms of looksForUnknown) {
    await pause(ms);
    const tab = await crew.any();
    if (isFresh) {
      const found = await tab.ask('find', nonce);
      if (found !== 'gone' && 'value' in found && found.value[0]) return found.value[0].instanceId;
    } else {
      const status = await tab.ask('status', nonce);
      if (status !== 'gone' && 'value' in status) return nonce;
    }
  }
  return undefined;
}

/** How it ended; undefined if that is a violation, and told already. */
export async function awaitEnd(
  started: Started,
  id: string,
  first: Tab,
  around: Surroundings,
): Promise<Standing | undefined> {
  const { crew, oracle } = around;
  const watch = setInterval(() => void lookAfter(started, id, around), longMs);
  try {
    let missed = 0;
    for (let tab = first; ; tab = await crew.any(tab)) {
      const outcome = tab.isLive && !tab.isBusy ? await tab.ask('end', id) : 'gone';
      if (outcome === 'gone') continue;
      if ('value' in outcome) return outcome.value;
      oracle.count(`waits refused: ${outcome.code}`);
      if (outcome.code === 'InstanceNotFound' && ++missed === 3) {
        judgeMissing(started, id, around);
        return undefined;
      }
      await pause(500);
    }
  } finally {
    clearInterval(watch);
  }
}

function judgeMissing(started: Started, id: string, { oracle, started: count }: Surroundings): void {
  const { plan, at, isAcked } = started;
  const later = count() - at;
  if (oracle.hasRun(plan) && later > keep.Completed / 2) {
    started.state = 'ended';
    oracle.count('ended, and purged before anybody looked');
    return;
  }
  started.state = 'bad';
  const steps = oracle.hasRun(plan) ? 'its steps ran' : oracle.hasBegun(plan) ? 'it had begun' : 'it had not begun';
  oracle.violation(
    `${plan.kind} ${id} is lost: ${isAcked ? 'acknowledged' : 'found before'}, ${steps}, ${later} starts ago`,
  );
}

/** It takes long. One that is parked is told to go on, as its user would. */
async function lookAfter(started: Started, id: string, { crew, oracle }: Surroundings): Promise<void> {
  const status = await (await crew.any()).ask('status', id);
  if (status === 'gone' || !('value' in status)) return;
  oracle.count('looks after what takes long');
  const { parked, runtimeStatus } = status.value;
  if (parked === undefined) return;
  oracle.count('parked');
  if (!/crashed or hung/.test(parked)) oracle.violation(`${started.plan.kind} ${id} is ${runtimeStatus}: ${parked}`);
  await (await crew.any()).ask('resume', id);
}

async function sendNotes(started: Started, id: string, around: Surroundings): Promise<void> {
  const { crew, oracle, chance } = around;
  const { nonce, size } = started.plan;
  const isSuspended = chance.is(0.15);
  started.isTerminated = chance.is(0.1);
  const send = async (item: number) => {
    await pause(chance.between(20, 3_000));
    const tab = await crew.any();
    const note: Started['notes'][number] = { item, sentAt: performance.now() };
    started.notes.push(note);
    const outcome = await tab.ask('note', { id, nonce, item });
    if (outcome !== 'gone' && 'value' in outcome) {
      note.ackedAt = performance.now();
      oracle.count('events acknowledged');
      return;
    }
    const code = outcome === 'gone' ? 'the tab is gone' : outcome.code;
    oracle.count(`events unknown: ${code}`);
    if (code === 'InstanceNotFound' || code === 'InstanceNotRunning') oracle.violation(`${id} takes no event: ${code}`);
  };
  await Promise.all([
    ...Array.from({ length: size }, (_, item) => send(item)),
    (async () => {
      if (!isSuspended) return;
      await pause(chance.between(0, 2_000));
      await insist('suspend', id, around);
      await pause(chance.between(0, 2_000));
      await insist('resume', id, around);
    })(),
  ]);
  if (started.isTerminated) await insist('terminate', id, around);
  else await insist('note', { id, nonce, item: -1 }, around);
}

/** Until it is acknowledged, or can be seen to have happened. */
export async function insist<N extends CommandName>(
  name: N,
  argument: Commands[N][0],
  { crew, oracle }: Surroundings,
): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    const outcome = await (await crew.any()).ask(name, argument);
    if (outcome === 'gone') continue;
    if ('value' in outcome) {
      oracle.count(`${name === 'note' ? 'last events' : name} acknowledged`);
      return;
    }
    oracle.count(`${name} refused: ${outcome.code}`);
    if (outcome.code === 'InstanceNotFound' || outcome.code === 'InstanceNotRunning') {
      if (isFirst) oracle.violation(`${name} of ${JSON.stringify(argument)} is refused: ${outcome.message}`);
      return;
    }
    await pause(200);
  }
}
