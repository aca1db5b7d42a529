/**
 * Firefox by Marionette. Its newer protocol, WebDriver BiDi, will not do here: a session of it watches over all
 * workers, and then a worker that starts another one waits for the page's thread, and on a busy machine now and then
 * for ever. So hosts hung in `new Worker`, which was not seen in a Firefox that is not watched.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { advice, firefox as programs } from '../../scripts/engines.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import type { Browser, Engine } from './engine';
import { connectByMarionette } from './marionette';
import { endTree } from './processes';
import { linesOf, start } from './started';
import { WebDriverSession } from './webdriver';

export const firefox: Engine = { missing: advice(programs), start: startFirefox };

const preferences = {
  // What was open when it was killed stays closed.
  'browser.sessionstore.resume_from_crash': false,
  'toolkit.startup.max_resumed_crashes': -1,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  // Uncaught errors, and what pages write to their consoles, go to the terminal.
  'browser.dom.window.dump.enabled': true,
  'devtools.console.stdout.content': true,
};

async function startFirefox(folder: string): Promise<Browser> {
  const port = await freePort();
  const lines = Object.entries({ ...preferences, 'marionette.port': port }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(join(folder, 'user.js'), lines.join('\n'));
  const args = ['--headless', '--no-remote', '--marionette', '--profile', folder, 'about:blank'];
  const browser = start(programs.programs.PERDURE_FIREFOX!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // Its own code has errors too. What a page writes begins with a quotation mark or a parenthesis.
  const problems = linesOf(browser, /^(JavaScript error: (http|blob)|console\.error: ["(])/);
  const { browserVersion, send } = await connectByMarionette(port);
  const session = new WebDriverSession(send);

  return {
    version: `Firefox/${browserVersion}`,
    problems,
    open: (url) => session.open(url),
    async kill() {
      const closed = once(browser, 'close');
      await endTree(browser.pid);
      await closed;
    },
    async close() {
      const closed = once(browser, 'close');
      await send('DeleteSession', {});
      await endTree(browser.pid);
      await closed;
    },
  };
}
