import { advice, firefox as programs } from '../../scripts/engines.mjs';
import type { Engine } from './engine';
import { Puppet } from './puppet';

export const firefox: Engine = {
  missing: advice(programs),
  start: (folder) =>
    Puppet.start({
      browser: 'firefox',
      executablePath: programs.programs.PERDURE_FIREFOX!,
      userDataDir: folder,
    }),
};
