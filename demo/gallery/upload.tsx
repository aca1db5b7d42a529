import type { Wait } from 'perdure';
import { type Instance, useInstance } from '../client';
import { NextTimer } from '../parts/countdown';
import { formatBytes } from '../parts/format';
import { ProgressBar } from '../parts/progress-bar';
import { useLatest } from '../parts/use-latest';
import { activityCallsIn } from './activity-calls';
import { isActive } from './is-active';
import { killWorkerOf } from './kill-worker';

type UploadInstance = Instance<'uploadFile'>;

/** How far an upload is, and what has come of it. */
export function Upload({ instance }: { instance: UploadInstance }) {
  const { file } = instance.input;
  return (
    <>
      <p className="statement">
        {file.name} <span className="muted">{formatBytes(file.size)}</span>
      </p>
      {instance.output ? <Proof size={file.size} output={instance.output} /> : <Sending instance={instance} />}
    </>
  );
}

function Sending({ instance }: { instance: UploadInstance }) {
  const { instanceId } = instance;
  const history = useInstance(instanceId, { history: true }).instance?.history ?? [];
  const calls = activityCallsIn(history);
  const hashing = calls.find(({ name }) => name === 'hashFile');
  const sending = calls.find(({ name }) => name === 'uploadParts');
  const failed = calls.findLast(({ state }) => state === 'failed');
  const running = waitOf(instance, 'uploadParts');

  const hashed = useLatest(waitOf(instance, 'hashFile')?.progress)?.fraction ?? 0;
  const sent = useLatest(running?.progress)?.fraction ?? 0;
  return (
    <>
      <div className="bars">
        <Share label="Sent" fraction={sending?.state === 'done' ? 1 : sent} />
        <Share label="Hashed" fraction={hashing?.state === 'done' ? 1 : hashed} />
      </div>
      {isActive(instance) && (
        <>
          <p className="muted standing">
            <Standing instance={instance} problem={failed?.problem} attempts={sending?.attempts ?? 1} />
          </p>
          <div className="buttons">
            <button
              type="button"
              disabled={!sending || !running?.progress}
              onClick={() => sending && killWorkerOf({ instanceId, taskId: sending.taskId })}
            >
              Kill its worker
            </button>
          </div>
        </>
      )}
    </>
  );
}

function Share({ label, fraction }: { label: string; fraction: number }) {
  return <ProgressBar label={label} done={fraction} of={1} text={`${Math.floor(fraction * 100)}%`} />;
}

interface StandingProps {
  instance: UploadInstance;
  problem: string | undefined;
  attempts: number;
}

/** What happens now, or what it waits for, in words. */
function Standing({ instance, problem, attempts }: StandingProps) {
  const running = waitOf(instance, 'uploadParts');
  const finishing = waitOf(instance, 'finishUpload');
  if (running?.waitsUntil === 'online' || finishing?.waitsUntil === 'online') return 'It waits for the network.';
  if (running?.progress) return `${running.progress.message}${attempts > 1 ? `, attempt ${attempts}` : ''}.`;
  if (running) return 'It begins.';
  if (finishing) return 'The server hashes what it has.';
  if (!instance.waitsFor.some(({ kind }) => kind === 'timer')) return 'The file is being hashed.';
  return (
    <>
      Tried again <NextTimer instance={instance} />: {problem}
    </>
  );
}

type ActivityWait = Extract<Wait, { kind: 'activity' }>;

function waitOf({ waitsFor }: UploadInstance, name: string): ActivityWait | undefined {
  return waitsFor.find((wait): wait is ActivityWait => wait.kind === 'activity' && wait.name === name);
}

function Proof({ size, output }: { size: number; output: NonNullable<UploadInstance['output']> }) {
  const { sha256, parts, received } = output;
  const isSame = received.bytes === size && received.sha256 === sha256;
  return (
    <dl className="facts">
      <dt>Sent</dt>
      <dd>
        {size.toLocaleString()} bytes in {parts} parts
      </dd>
      <dt>Received</dt>
      <dd>
        {received.bytes.toLocaleString()} bytes, {repeatedText(received.repeated)}
      </dd>
      <dt>SHA-256</dt>
      <dd>
        <strong className={isSame ? 'good' : 'bad'}>{isSame ? 'the same here and there' : 'not the same'}</strong>
        <code>{received.sha256}</code>
        {!isSame && <code>{sha256}</code>}
      </dd>
    </dl>
  );
}

function repeatedText(parts: number): string {
  if (parts === 0) return 'no part twice';
  return parts === 1 ? 'one part twice, but kept once' : `${parts} parts twice, but kept once`;
}
