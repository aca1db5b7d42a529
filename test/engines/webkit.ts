/** WebKitGTK by its WebDriver, on a display of its own that nobody sees. The browser is ours: webkit-window.mjs. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { advice, webkit as programs } from '../../scripts/engines.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import type { Browser, Engine } from './engine';
import { endTree } from './processes';
import { linesOf, start } from './started';
import { WebDriverSession } from './webdriver';
import { connectByHttp } from './webdriver-http';

export const webkit: Engine = { missing: advice(programs), start: startWebKit };

async function startWebKit(folder: string): Promise<Browser> {
  const { PERDURE_WEBKIT_DRIVER: driverPath, PERDURE_GJS: gjs, PERDURE_XVFB: xvfb } = programs.programs;
  // It takes the first number that is free, and writes it to a pipe when it is ready.
  const screen = ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'];
  const display = start(xvfb!, screen, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [number] = (await once(display.stdio[3] as Readable, 'data')) as [Buffer];

  const port = await freePort();
  const driver = start(driverPath!, [`--port=${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DISPLAY: `:${String(number).trim()}`, NO_AT_BRIDGE: '1', GSETTINGS_BACKEND: 'memory' },
  });
  const problems = linesOf(driver, /CONSOLE (\S+ )?ERROR/);
  const args = ['-m', fileURLToPath(new URL('webkit-window.mjs', import.meta.url)), folder];
  const { browserVersion, send } = await connectByHttp(`http://127.0.0.1:${port}`, {
    'webkitgtk:browserOptions': { binary: gjs, args },
  });
  const session = new WebDriverSession(send);

  async function kill() {
    const closed = once(driver, 'close');
    await endTree(driver.pid);
    await endTree(display.pid);
    await closed;
  }
  return {
    version: `WebKitGTK/${browserVersion}`,
    problems,
    open: (url) => session.open(url),
    kill,
    async close() {
      await session.delete();
      await kill();
    },
  };
}
