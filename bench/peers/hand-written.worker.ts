/** The worker that does the hand-written way's activities. */
import { expose } from 'comlink';
import * as activities from '../activities';

expose(activities);
