import { launchOptions } from '../../scripts/browser.mjs';
import type { Engine } from './engine';
import { Puppet } from './puppet';

const { executablePath, args } = launchOptions;

export const chromium: Engine = {
  missing: executablePath ? undefined : 'No Chromium to run in: node scripts/ensure-browser.mjs finds or installs one.',
  start: (folder) => Puppet.start({ browser: 'chrome', executablePath: executablePath!, args, userDataDir: folder }),
};
