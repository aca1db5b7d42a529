/** The gallery's processes, in the order in which they are shown. */
import type { ComponentType } from 'react';
import type { Name } from '../client';
import { Approval } from './processes/approval';
import { BookTrip } from './processes/book-trip';
import { CollectNames } from './processes/collect-names';
import { Crunch } from './processes/crunch';
import { Experiments } from './processes/experiments';
import { HelloCities } from './processes/hello-cities';
import { Monitor } from './processes/monitor';
import { PhotoAlbum } from './processes/photo-album';
import { Review } from './processes/review';
import { UploadFile } from './processes/upload-file';

export interface Process {
  /** Its place in the address. */
  readonly slug: string;
  readonly title: string;
  /** Its title in the navigation, where there is little room. */
  readonly label?: string;
  readonly orchestrations: readonly Name[];
  readonly Card: ComponentType;
}

export const processes: readonly [Process, ...Process[]] = [
  { slug: 'hello-cities', title: 'Hello cities', label: 'Cities', orchestrations: ['helloCities'], Card: HelloCities },
  {
    slug: 'collect-names',
    title: 'Collect names',
    label: 'Names',
    orchestrations: ['collectNames'],
    Card: CollectNames,
  },
  { slug: 'photo-album', title: 'Photo album', label: 'Album', orchestrations: ['photoAlbum'], Card: PhotoAlbum },
  { slug: 'upload', title: 'Resumable upload', label: 'Upload', orchestrations: ['uploadFile'], Card: UploadFile },
  { slug: 'crunch', title: 'Crunch', orchestrations: ['countPrimes'], Card: Crunch },
  { slug: 'approval', title: 'Approval', orchestrations: ['approval'], Card: Approval },
  { slug: 'monitor', title: 'Monitor', orchestrations: ['monitor'], Card: Monitor },
  { slug: 'book-trip', title: 'Book a trip', label: 'Trip', orchestrations: ['bookTrip'], Card: BookTrip },
  { slug: 'review', title: 'Review', orchestrations: ['review'], Card: Review },
  {
    slug: 'experiments',
    title: 'Experiments',
    label: 'Lab',
    orchestrations: ['chain', 'fanOut', 'sleep'],
    Card: Experiments,
  },
];
