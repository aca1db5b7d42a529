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
  const done = chunks.reduce((sum, { fraction }) => sum + fraction, 0) / input.chunks;
  const running = chunks.filter(({ state }) => state === 'running');
  const [victim] = running;
  return (
    <>
      <p className="statement">
        {output ? `${counted(output.primes, 'prime')} below` : 'Primes below'} {input.below.toLocaleString()}
      </p>
      <ProgressBar label="Counted" done={done} of={1} text={`${Math.floor(done * 100)} %`} />
      <ol className="chunks">
        {chunks.map((chunk, i) => (
          <ChunkBar key={chunk.taskId} number={i + 1} chunk={chunk} />
        ))}
      </ol>
      <p className="muted">
        {output
          ? `${counted(output.workers.length, 'worker')} took part.`
          : `${counted(running.length, 'worker')} at work.`}
      </p>
      {isActive(instance) && (
        <div className="buttons">
          <button
            type="button"
            disabled={!victim}
            onClick={() => victim && killWorkerOf({ instanceId, taskId: victim.taskId })}
          >
            Kill a worker
          </button>
        </div>
      )}
    </>
  );
}

function ChunkBar({ number, chunk: { state, fraction, attempts } }: { number: number; chunk: Chunk }) {
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
