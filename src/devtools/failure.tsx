import type { FailureDetails } from '../core/history';

/** An error as it was recorded, with what caused it. */
export function Failure({ failure }: { failure: FailureDetails }) {
  const { name, message, code, stack, cause } = failure;
  return (
    <div className="pd-failure">
      <p className="pd-failure-message">
        <strong>{name}</strong>
        {message && `: ${message}`}
        {code !== undefined && <code className="pd-code">{code}</code>}
      </p>
      {stack !== undefined && (
        <details className="pd-branch">
          <summary>Stack</summary>
          <pre className="pd-pre">{stack}</pre>
        </details>
      )}
      {cause && (
        <div className="pd-cause">
          <span className="pd-muted">caused by</span>
          <Failure failure={cause} />
        </div>
      )}
    </div>
  );
}
