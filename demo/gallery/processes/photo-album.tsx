import { useState } from 'react';
import { startNew } from '../../actions';
import contactSheetSource from '../../activities/contact-sheet.ts?raw';
import photosSource from '../../activities/photos.ts?raw';
import photoAlbumSource from '../../orchestrations/photo-album.ts?raw';
import { counted, formatBytes } from '../../parts/format';
import { useAction } from '../../parts/use-action';
import { Album } from '../album';
import { FilePicker } from '../file-picker';
import { Runs } from '../runs';
import { drawSamples } from '../samples';
import { Sources } from '../sources';
import { StartForm } from '../start-form';

const sources = [
  { file: 'demo/orchestrations/photo-album.ts', text: photoAlbumSource },
  { file: 'demo/activities/photos.ts', text: photosSource },
  { file: 'demo/activities/contact-sheet.ts', text: contactSheetSource },
];

const mostFiles = 500;

export function PhotoAlbum() {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [refused, setRefused] = useState<string>();
  const { act, isBusy, error } = useAction();

  const take = (chosen: Iterable<File>) => {
    const all = [...chosen];
    const pictures = all.filter(({ type }) => type.startsWith('image/')).slice(0, mostFiles);
    setFiles(pictures);
    const others = all.length - pictures.length;
    if (others === 0) setRefused(undefined);
    else if (pictures.length === mostFiles) setRefused(`Only the first ${mostFiles} pictures were taken.`);
    else setRefused(`${counted(others, 'file')} left out: not a picture.`);
  };

  return (
    <>
      <p className="explanation">
        Hashes your pictures, measures them and makes thumbnails, many at a time in workers, then composes a contact
        sheet. They never leave this browser; reload as often as you like, and no picture that is done is done again.
      </p>
      <StartForm
        action="Make the album"
        reloading="Make it and reload at once"
        problem={files.length === 0 ? 'Choose pictures first, or take the samples.' : undefined}
        start={() => startNew('photoAlbum', { input: [...files], tags: { pictures: `${files.length}` } })}
      >
        <FilePicker accept="image/*" multiple onTake={take} refused={refused}>
          {files.length === 0 ? 'Drop pictures here, or choose them' : describe(files)}
        </FilePicker>
        <button type="button" disabled={isBusy} onClick={() => act(async () => take(await drawSamples()))}>
          {isBusy ? 'Drawing…' : 'Take 12 samples'}
        </button>
      </StartForm>
      {error && (
        <p className="problem" role="alert">
          {error}
        </p>
      )}
      <Runs name="photoAlbum">{(instance) => <Album instance={instance} />}</Runs>
      <Sources sources={sources} />
    </>
  );
}

function describe(files: readonly File[]): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return `${counted(files.length, 'picture')}, ${formatBytes(bytes)}`;
}
