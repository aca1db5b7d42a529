import { forgetCalls, useCalls } from '../calls';
import { Code } from '../parts/code';
import { CopyButton } from '../parts/copy-button';
import { formatTime } from '../parts/format';

const suggestions = [
  "id = await durable.startNew('sleep', { input: 5_000 })",
  'await durable.waitForCompletion(id)',
  "await durable.countInstances({ runtimeStatus: ['Failed'] })",
  'for await (const { name, runtimeStatus } of durable.listInstances()) console.log(name, runtimeStatus)',
];

/** The calls that the actions on this page have made, and what to try in the console. */
export function CallsPanel() {
  const { calls } = useCalls();
  return (
    <section className="calls" aria-labelledby="calls-title">
      <div className="panel-head">
        <h2 id="calls-title">Calls</h2>
        <p>
          In the console, <code>window.durable</code> is the client.
        </p>
        {calls.length > 0 && (
          <button type="button" className="quiet" onClick={forgetCalls}>
            Clear
          </button>
        )}
      </div>
      <div className="calls-body">
        {calls.length === 0 ? (
          <p className="muted">What you do on this page is shown here as the call that it makes.</p>
        ) : (
          <ol className="call-list">
            {calls.map(({ number, at, code }) => (
              <li key={number}>
                <time dateTime={new Date(at).toISOString()}>{formatTime(new Date(at))}</time>
                <Code text={code} />
                <CopyButton text={code} what="this call" />
              </li>
            ))}
          </ol>
        )}
        <h3>Try it in the console</h3>
        <p className="muted">
          The calls of this page run there as they are, since <code>client</code> is the client too.
        </p>
        <ul className="call-list">
          {suggestions.map((code) => (
            <li key={code}>
              <Code text={code} />
              <CopyButton text={code} what="this line" />
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
