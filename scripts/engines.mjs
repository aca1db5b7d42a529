// @ts-check
// The browsers beside Chromium that `npm run test:engines` drives: where their programs are, which packages bring them,
// and what to say when they are missing. Processes started from here inherit what was found.

import { onPath, starts } from './programs.mjs';

/**
 * @typedef {object} Engine
 * @property {string} title
 * @property {Record<string, string | undefined>} programs paths by the environment variables that may name them
 * @property {string[]} packages the Debian packages that bring them
 * @property {() => void} find looks for what the environment does not name
 */

/**
 * @param {string} title
 * @param {string[]} packages
 * @param {Record<string, () => string | undefined>} finders
 * @returns {Engine}
 */
function engine(title, packages, finders) {
  /** @type {Record<string, string | undefined>} */
  const programs = {};
  function find() {
    for (const [variable, finder] of Object.entries(finders)) {
      const path = process.env[variable] || finder();
      programs[variable] = path;
      if (path) process.env[variable] = path;
    }
  }
  find();
  return { title, programs, packages, find };
}

export const firefox = engine('Firefox', ['firefox-esr'], {
  PERDURE_FIREFOX: () => onPath(['firefox-esr', 'firefox']).find((path) => starts(path)),
});

// The window is ours, and written for GJS: it has to find WebKit there.
const opensWebKit = "imports.gi.versions.WebKit2 = '4.1'; imports.gi.WebKit2;";

export const webkit = engine('WebKit', ['webkit2gtk-driver', 'gjs', 'gir1.2-webkit2-4.1', 'xvfb'], {
  PERDURE_WEBKIT_DRIVER: () => onPath(['WebKitWebDriver']).find((path) => starts(path, ['--help'])),
  PERDURE_GJS: () => onPath(['gjs']).find((path) => starts(path, ['-c', opensWebKit])),
  // No option makes it start and end well.
  PERDURE_XVFB: () => onPath(['Xvfb'])[0],
});

/**
 * What to do about an engine's missing programs; undefined if there are none.
 * @param {Engine} engine
 */
export function advice({ title, programs, packages }) {
  const missing = Object.keys(programs).filter((variable) => !programs[variable]);
  if (missing.length === 0) return undefined;
  const install = `install ${packages.join(', ')} (Debian's names)`;
  return `No ${title} to run in: ${install}, or set ${missing.join(', ')} to a path.`;
}
