import { useState } from 'react';
import { startNew } from '../../actions';
import uploadSource from '../../activities/upload.ts?raw';
import uploadFileSource from '../../orchestrations/upload-file.ts?raw';
import { Field } from '../../parts/field';
import { formatBytes } from '../../parts/format';
import { mostParts, type Network, partBytes } from '../../server/protocol';
import { FilePicker } from '../file-picker';
import { Runs } from '../runs';
import { makeSampleFile } from '../sample-file';
import { Sources } from '../sources';
import { StartForm } from '../start-form';
import { Upload } from '../upload';

const sources = [
  { file: 'demo/orchestrations/upload-file.ts', text: uploadFileSource },
  { file: 'demo/activities/upload.ts', text: uploadSource },
];

const networks = {
  good: 'Good',
  slow: 'Slow, five parts a second',
  'very slow': 'Very slow, one part a second',
  failing: 'Failing, one part in four',
} satisfies Record<Network, string>;

export function UploadFile() {
  const [file, setFile] = useState<File>();
  const [network, setNetwork] = useState<Network>('slow');
  const server = new URL('uploads/', document.baseURI).href;
  return (
    <>
      <p className="explanation">
        Sends a file, in parts of 1 MB, to the server that gave you this page. Each part that has arrived is recorded:
        reload, go offline or kill the worker, and it goes on with the next one.
      </p>
      <StartForm
        action="Upload"
        problem={problemWith(file)}
        start={() => {
          if (!file) throw new Error('There is no file.');
          return startNew('uploadFile', { input: { file, server, network }, tags: { size: formatBytes(file.size) } });
        }}
      >
        <FilePicker onTake={([first]) => setFile(first)}>
          {file ? `${file.name}, ${formatBytes(file.size)}` : 'Drop a file here, or choose it'}
        </FilePicker>
        <button type="button" onClick={() => setFile(makeSampleFile())}>
          Take a sample of 20 MB
        </button>
        <Field label="Network">
          <select value={network} onChange={(event) => setNetwork(event.target.value as Network)}>
            {Object.entries(networks).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </Field>
      </StartForm>
      <Runs name="uploadFile">{(instance) => <Upload instance={instance} />}</Runs>
      <Sources sources={sources} />
    </>
  );
}

function problemWith(file: File | undefined): string | undefined {
  if (!file) return 'Choose a file first, or take the sample.';
  if (file.size === 0) return 'This file is empty.';
  if (file.size > mostParts * partBytes) return 'This server takes 2 GB at most.';
  return undefined;
}
