import { useEffect, useState } from 'react';
import type { Instance } from '../client';
import { formatBytes } from '../parts/format';
import { ProgressBar } from '../parts/progress-bar';
import { isActive } from './is-active';

/** How far a photo album is, and what has become of it. */
export function Album({ instance }: { instance: Instance<'photoAlbum'> }) {
  const { input, customStatus, output } = instance;
  const of = input.length;
  const { hashed = 0, measured = 0, thumbnails = 0 } = customStatus ?? {};
  if (output) {
    return (
      <>
        <Sheet key={instance.instanceId} sheet={output.sheet} />
        <Photos photos={output.photos} />
      </>
    );
  }
  return (
    <div className="bars">
      <ProgressBar label="Hashed" done={hashed} of={of} />
      <ProgressBar label="Measured" done={measured} of={of} />
      <ProgressBar label="Thumbnails" done={thumbnails} of={of} />
      {isActive(instance) && thumbnails === of && <p className="muted">The sheet is being composed.</p>}
    </div>
  );
}

function Sheet({ sheet }: { sheet: Blob }) {
  // Each look at the instance brings another copy of the same picture.
  const [first] = useState(sheet);
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(first);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [first]);
  return (
    <figure className="sheet">
      {url && <img src={url} alt="The contact sheet" />}
      <figcaption>
        <a href={url} download="contact-sheet.jpg">
          Save the sheet
        </a>{' '}
        <span className="muted">{formatBytes(first.size)}</span>
      </figcaption>
    </figure>
  );
}

type Photo = NonNullable<Instance<'photoAlbum'>['output']>['photos'][number];

function Photos({ photos }: { photos: readonly Photo[] }) {
  return (
    <details className="photos">
      <summary>What was found out</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard */}
      <section className="table" aria-label="Pictures" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Picture</th>
              <th scope="col">Pixels</th>
              <th scope="col">Size</th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {photos.map(({ name, width, height, bytes, sha256 }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name, and the list never changes
              <tr key={i}>
                <td title={name}>{name}</td>
                <td>
                  {width} × {height}
                </td>
                <td>{formatBytes(bytes)}</td>
                <td title={sha256}>
                  <code>{sha256.slice(0, 12)}…</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
