import type { AnyInstance } from './client';

/** What holds an instance, and what to do: the user has suspended it, or its code cannot go on with it, or both. */
export function Standing({ instance: { suspended, parked } }: { instance: AnyInstance }) {
  return (
    <>
      {parked && (
        <div className="pd-notice pd-held" role="alert">
          <p>
            <strong>Parked:</strong> {parked.reason}
          </p>
          <p>
            Its history is untouched. Put back the code that wrote it and reload: it is tried again with each new build,
            and whenever it is resumed. Or terminate it.
          </p>
        </div>
      )}
      {suspended && (
        <div className="pd-notice pd-held">
          <p>
            <strong>Suspended{suspended.reason === undefined ? '.' : ':'}</strong> {suspended.reason}
          </p>
          <p>What comes meanwhile is kept, and played when it is resumed.</p>
        </div>
      )}
    </>
  );
}
