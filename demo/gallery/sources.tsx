import { Code } from '../parts/code';
import { CopyButton } from '../parts/copy-button';

export interface Source {
  /** The file's path within the repository. */
  readonly file: string;
  readonly text: string;
}

/** The files that a process is made of, as they are. */
export function Sources({ sources }: { sources: readonly Source[] }) {
  return (
    <div className="sources">
      <h3>Source</h3>
      {sources.map(({ file, text }) => (
        <figure key={file} className="source">
          <figcaption>
            {file}
            <CopyButton text={text} what={file} />
          </figcaption>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard */}
          <pre tabIndex={0}>
            <Code text={text.trimEnd()} />
          </pre>
        </figure>
      ))}
    </div>
  );
}
