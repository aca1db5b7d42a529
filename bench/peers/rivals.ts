/** All that can be timed, perdure and the floor among them. */
import perdurePackage from '../../package.json';
import type { Style } from '../loads';
import { openFloor, openPerdure } from '../sides';
import packages from './package.json';
import type { Rival } from './rival';

const { dependencies } = packages;
const { version } = perdurePackage;

const perdure = (style: Style): Rival => ({
  name: `perdure ${style}`,
  version,
  keeps: 'IndexedDB',
  how: 'One instance for each, in a worker, and the activities in two more. What happens while a transaction is under way goes into the next one.',
  open: () => openPerdure(style, ''),
});

const floor: Rival = {
  name: 'floor',
  version,
  keeps: 'IndexedDB',
  how: "perdure's traffic written by hand, and nothing else: a log in batches, two activity workers. Its records are not filled up to the size of perdure's.",
  open: () => openFloor({ text: '', charactersPerEvent: 0 }, ''),
};

/** Each is loaded when it is opened: some bring stand-ins for parts of Node, which others may not find. */
export const rivals: readonly Rival[] = [
  floor,
  perdure('generator'),
  perdure('async'),
  {
    name: 'hand-written',
    version: `idb ${dependencies.idb}, comlink ${dependencies.comlink}`,
    keeps: 'IndexedDB',
    how: 'A loop in the page. Each activity is a Comlink call into one worker, and its result a row in IndexedDB in a transaction of its own, awaited before the next step. The rows of an instance are read once, when it starts.',
    open: async () => (await import('./hand-written')).open(),
  },
  {
    name: 'XState',
    version: dependencies.xstate,
    keeps: 'IndexedDB',
    how: 'One actor for each instance, in the page, and so are the activities: one promise for all of a step. When a step is done, the persisted snapshot is put into IndexedDB in a transaction of its own, awaited before the next step.',
    open: async () => (await import('./xstate')).open(),
  },
  {
    name: 'TanStack Workflow',
    version: dependencies['@tanstack/workflow-core'],
    keeps: 'IndexedDB',
    how: 'One run for each instance, in the page, and so are the activities: each is a step. The engine brings no store for the browser, so this is its store interface on IndexedDB: a row for each event, added in a transaction of its own.',
    open: async () => (await import('./tanstack-workflow')).openInIndexedDb(),
  },
  {
    name: 'Rivet Workflow',
    version: dependencies['@rivetkit/workflow-engine'],
    keeps: 'IndexedDB',
    how: 'One workflow for each instance, in the page, and so are the activities: all of a step are one step of its. The engine brings no driver for the browser, so this is its driver interface on IndexedDB: each of its batches is one transaction.',
    open: async () => (await import('./rivet-workflow')).open(),
  },
  {
    name: 'durably',
    version: `${dependencies['@coji/durably']}, sqlocal ${dependencies.sqlocal}`,
    keeps: 'SQLite in OPFS',
    how: 'One run for each instance, all triggered in one batch, in the page, and so are the activities: each is a step. Its settings for a browser, but ten runs at a time instead of one. SQLite is in a worker, on a pool of access handles, with a write-ahead log.',
    open: async () => (await import('./durably')).open(),
  },
  {
    name: 'TanStack Workflow in memory',
    version: dependencies['@tanstack/workflow-core'],
    keeps: 'memory',
    how: 'One run for each instance, in the page, and so are the activities: each is a step. The log is the store in memory that comes with it.',
    open: async () => (await import('./tanstack-workflow')).openInMemory(),
  },
  {
    name: 'Effect Workflow in memory',
    version: dependencies.effect,
    keeps: 'memory',
    how: 'One execution for each instance, in the page, and so are the activities. The engine is the one in memory that comes with it.',
    open: async () => (await import('./effect-workflow')).open(),
  },
  {
    name: 'Durable Task SDK in memory',
    version: dependencies['@microsoft/durabletask-js'],
    keeps: 'memory',
    how: 'One orchestration for each instance, in the page, and so are the activities. Its client, worker and backend are those of its testing kit, with stand-ins for what they take from Node. It replays after each activity.',
    open: async () => (await import('./durable-task')).open(),
  },
  {
    name: 'redux-saga',
    version: dependencies['redux-saga'],
    keeps: 'nothing',
    how: 'One saga for each instance, in the page, and so are the activities. It has no store, as none is needed.',
    open: async () => (await import('./redux-saga')).open(),
  },
];
