import { useState } from 'react';
import { type Instance, useInstance } from '../client';
import { counted } from '../parts/format';
import { ProgressBar } from '../parts/progress-bar';
import { type Chunk, chunksIn } from './chunks';
import { isActive } from './is-active';
import { killWorkerOf } from './kill-worker';

/** How far a count is, in all and chunk by chunk, and what has come of it. */
export function Primes({ instance }: { instance: Instance<'countPrimes'> }) {
  const { instanceId, input, output } = instance;
  const history = useInstance(instanceId, { history: true }).instance?.history ?? [];
  const chunks = chunksIn(instance, history);
  const farthest = useFarthest(chunks);
  const done = farthest.reduce((sum, fraction) => sum + fraction, 0) / input.chunks;
  const running = chunks.filter(({ state }) => state === 'running');
  const [victim] = running;
  return (
    <>
      <p className="statement">
        {output ? `${counted(output.primes, 'prime')} below` : 'Primes below'} {input.below.toLocaleString()}
      </p>
      <ProgressBar label="Counted" done={done} of={1} text={`${Math.floor(done * 100)}%`} />
      <ol className="chunks">
        {chunks.map((chunk, i) => (
          <ChunkBar key={chunk.taskId} number={i + 1} chunk={chunk} fraction={farthest[i] ?? 0} />
        ))}
      </ol>
      {output && <p className="muted">Counted by {counted(output.workers.length, 'worker')}.</p>}
      {isActive(instance) && (
        <div className="buttons">
          <button
            type="button"
            disabled={!victim}
            onClick={() => victim && killWorkerOf({ instanceId, taskId: victim.taskId })}
          >
            Kill a worker
          </button>
          <span className="muted">{counted(running.length, 'worker')} at work</span>
        </div>
      )}
    </>
  );
}

/** How far each chunk was seen to be. One whose worker died goes on from about there, but says so only then. */
function useFarthest(chunks: readonly Chunk[]): number[] {
  const [seen] = useState(() => new Map<number, number>());
  return chunks.map(({ taskId, fraction = 0 }) => {
    const farthest = Math.max(fraction, seen.get(taskId) ?? 0);
    seen.set(taskId, farthest);
    return farthest;
  });
}

function ChunkBar({ number, chunk, fraction }: { number: number; chunk: Chunk; fraction: number }) {
  const { state, attempts } = chunk;
  return (
    <li data-state={state}>
      <label>
        <span>
          {number} {attempts > 1 && <span className="again">attempt {attempts}</span>}
        </span>
        <progress value={fraction} max={1} />
      </label>
    </li>
  );
}
