/** A state machine whose snapshot is saved, as its documentation says, whenever a step is done. */
import { deleteDB, openDB } from 'idb';
import { assign, createActor, fromPromise, setup } from 'xstate';
import { noop } from '../activities';
import type { Shape } from '../loads';
import type { Side } from '../sides';
import { freshName, range, sideOf } from './rival';

interface Progress extends Shape {
  step: number;
  done: number;
}

const machine = setup({
  types: {
    input: {} as Shape,
    context: {} as Progress,
    events: {} as { type: 'saved' },
    output: {} as number,
  },
  actors: {
    activities: fromPromise(({ input: width }: { input: number }) => Promise.all(range(width).map(noop))),
  },
  guards: { isLast: ({ context }) => context.step >= context.steps },
}).createMachine({
  context: ({ input }) => ({ ...input, step: 0, done: 0 }),
  initial: 'working',
  states: {
    working: {
      invoke: {
        src: 'activities',
        input: ({ context }) => context.width,
        onDone: {
          target: 'saving',
          actions: assign({
            step: ({ context }) => context.step + 1,
            done: ({ context, event }) => context.done + event.output.length,
          }),
        },
      },
    },
    saving: { on: { saved: [{ guard: 'isLast', target: 'ended' }, { target: 'working' }] } },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.done,
});

export async function open(): Promise<Side> {
  const name = freshName('xstate');
  const database = await openDB(name, 1, { upgrade: (db) => void db.createObjectStore('snapshots') });

  function runOne(id: string, shape: Shape): Promise<number> {
    return new Promise((resolve, reject) => {
      const actor = createActor(machine, { input: shape });
      const save = async (): Promise<void> => {
        await database.put('snapshots', actor.getPersistedSnapshot(), id);
        actor.send({ type: 'saved' });
      };
      actor.subscribe({
        next: (snapshot) => {
          if (snapshot.matches('saving')) save().catch(reject);
          else if (snapshot.status === 'done') resolve(snapshot.output);
        },
        error: reject,
      });
      actor.start();
    });
  }

  return sideOf({
    runOne,
    close: () => {
      database.close();
      return deleteDB(name);
    },
  });
}
