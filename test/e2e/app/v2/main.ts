import { openApp } from '../page';
import workerUrl from './durable.worker.ts?worker&url';

openApp(workerUrl);
