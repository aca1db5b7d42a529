/**
 * The built demo under its content security policy: all that it does is allowed, and what an attacker would want to do
 * is not, in the page as in its workers.
 */
import type { Worker } from '@playwright/test';
import type { Demo } from './demo';
import { makePictures } from './pictures';
import { PolicyReports, type Refused } from './policy-reports';
import type { Profile } from './profile';
import { test as base, expect } from './test';

const test = base.extend<{ reports: PolicyReports }>({
  reports: async ({ baseURL }, use) => {
    const reports = await PolicyReports.open(baseURL ?? '');
    await use(reports);
    await reports.close();
  },
});

/** What would run, were it taken for markup. */
const markup = '<img src=x onerror="throw new Error(\'markup ran\')"><script>throw new Error("script ran")</script>';

test('the policy comes in the page, and with every file', async ({ request }) => {
  const page = await request.get('/');
  const header = page.headers()['content-security-policy'] ?? '';
  expect(header).toContain("default-src 'none'");
  expect(header).not.toContain('unsafe');
  const meta = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(await page.text())?.[1];
  // Whether it may be framed is for the header alone to say.
  expect(`${meta?.replaceAll('&#39;', "'")}; frame-ancestors 'none'`).toBe(header);
  const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
  expect((await request.get(`/${script}`)).headers()['content-security-policy']).toBe(header);
  expect((await request.get('/uploads/none')).headers()['content-security-policy']).toBe(header);
});

test('all that the demo does is allowed', async ({ profile, reports }, testInfo) => {
  test.setTimeout(90_000);
  const pictures = await makePictures(testInfo.outputPath('pictures'), 3);
  const demo = await profile.open(reports.url);

  await demo.card('Hello cities').getByRole('button', { name: 'Start' }).click();
  await expect(demo.card('Hello cities').getByText('Completed')).toBeVisible({ timeout: 10_000 });
  await expect(demo.details.getByRole('row', { name: /ExecutionCompleted/ })).toBeVisible();

  await demo.show('Album');
  const album = demo.card('Photo album');
  await album.locator('input[type=file]').setInputFiles(pictures.map(({ path }) => path));
  await album.getByRole('button', { name: 'Make the album' }).click();
  const sheet = album.getByRole('img', { name: 'The contact sheet' });
  await expect(sheet).toBeVisible({ timeout: 20_000 });
  await expect.poll(() => sheet.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  const download = demo.page.waitForEvent('download');
  await demo.details.getByRole('button', { name: 'Export' }).click();
  expect((await download).suggestedFilename()).toContain('.json');

  await demo.show('Upload');
  const upload = demo.card('Resumable upload');
  await upload.getByRole('button', { name: 'Take a sample' }).click();
  await upload.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(upload.getByText('the same here and there')).toBeVisible({ timeout: 20_000 });

  await demo.show('Crunch');
  const crunch = demo.card('Crunch');
  await crunch.getByLabel('Primes below').selectOption('1 billion, a few seconds');
  await crunch.getByRole('button', { name: 'Count', exact: true }).click();
  await expect(crunch.getByText(/ primes below /)).toBeVisible({ timeout: 30_000 });

  await demo.page.reload();
  await expect(crunch.getByText(/ primes below /)).toBeVisible();
  await expectNoneBefore(reports, demo, profile);
});

test('what comes from users is shown as text', async ({ profile, reports }) => {
  const demo = await profile.open(reports.url);
  await demo.start('helloCities', [markup, 'javascript:throw new Error("ran")'], markup);
  await demo.row(markup).click();
  const card = demo.card('Hello cities');
  await expect(card.getByText('Completed')).toBeVisible({ timeout: 10_000 });
  await expect(card.getByText(`Hello, ${markup}!`)).toBeVisible();
  await expect(demo.details.getByRole('heading', { name: 'helloCities' })).toBeVisible();
  await expect(demo.details.getByText(markup).first()).toBeVisible();
  expect(await demo.page.locator('img[src="x"], a[href^="javascript:"], #root script').count()).toBe(0);
  await expectNoneBefore(reports, demo, profile);
});

test('in the page, no text becomes code, and nothing is sent elsewhere', async ({ profile, reports }) => {
  const demo = await profile.open(reports.url);
  expect(await demo.page.evaluate(tryToRun)).toEqual({ eval: 'EvalError', function: 'EvalError', blob: 'refused' });
  const hasRun = await demo.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.head.append(script);
    const handler = '<img src="//127.0.0.1:9/x" onerror="window.ran = true" style="top: 0">';
    document.body.insertAdjacentHTML('beforeend', handler);
    return new Promise((resolve) => setTimeout(() => resolve('ran' in window), 100));
  });
  expect(hasRun).toBe(false);
  expect(await demo.page.evaluate(tryToSend)).toBe('TypeError');
  for (const directive of ['script-src', 'worker-src', 'script-src-elem', 'script-src-attr', 'style-src-attr']) {
    await expectReported(reports, { by: '/', directive });
  }
  for (const directive of ['img-src', 'connect-src']) await expectReported(reports, { by: '/', directive });
  dropRefusals(profile);
});

test('in its workers, no text becomes code, and nothing is sent elsewhere', async ({ profile, reports }) => {
  const demo = await profile.open(reports.url);
  await demo.toBe('owner');
  const host = await hostOf(demo);
  const by = new URL(host.url()).pathname;
  expect(await host.evaluate(tryToRun)).toEqual({ eval: 'EvalError', function: 'EvalError', blob: 'refused' });
  expect(await host.evaluate(tryToSend)).toBe('TypeError');
  for (const directive of ['script-src', 'worker-src', 'connect-src']) await expectReported(reports, { by, directive });
  // It goes on all the same.
  const id = await demo.start('helloCities', ['Quito']);
  expect(await demo.completion(id)).toEqual(['Hello, Quito!']);
  dropRefusals(profile);
});

/** All is reported, as one refusal in the page and one in a worker show; and these are the first. */
async function expectNoneBefore(reports: PolicyReports, demo: Demo, profile: Profile): Promise<void> {
  const host = await hostOf(demo);
  await demo.page.evaluate(tryToSend);
  await host.evaluate(tryToSend);
  const own = [
    { by: '/', directive: 'connect-src' },
    { by: new URL(host.url()).pathname, directive: 'connect-src' },
  ];
  for (const each of own) await expectReported(reports, each);
  expect(new Set(reports.refused.map(({ by, directive }) => `${directive} ${by}`))).toEqual(
    new Set(own.map(({ by, directive }) => `${directive} ${by}`)),
  );
  dropRefusals(profile);
}

function expectReported(reports: PolicyReports, { by, directive }: Pick<Refused, 'by' | 'directive'>): Promise<void> {
  return expect.poll(() => reports.refused).toContainEqual(expect.objectContaining({ by, directive }));
}

/** What was refused stands on the page's console too; nothing else may. */
function dropRefusals(profile: Profile): void {
  expect(profile.takeProblems().filter((problem) => !/Content Security Policy/.test(problem))).toEqual([]);
}

async function hostOf({ page }: Demo): Promise<Worker> {
  await expect.poll(() => page.workers().length).toBeGreaterThan(0);
  const [host] = page.workers();
  if (!host) throw new Error('the page has no worker');
  return host;
}

/** Each of the ways in which text becomes code, and what comes of it. */
async function tryToRun(): Promise<Record<string, string>> {
  // Out of the debugger's call, to which the policy does not apply.
  await new Promise((resolve) => setTimeout(resolve, 0));
  const outcome = (run: () => unknown) => {
    try {
      run();
      return 'ran';
    } catch (error) {
      return (error as Error).name;
    }
  };
  const blob = new Promise<string>((resolve) => {
    try {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
      worker.onmessage = () => resolve('ran');
      worker.onerror = () => resolve('refused');
    } catch {
      resolve('refused');
    }
  });
  return {
    // biome-ignore lint/security/noGlobalEval: that it is refused is what is tested
    eval: outcome(() => globalThis.eval('1')),
    function: outcome(() => new Function('return 1')()),
    blob: await blob,
  };
}

/** Sends something to another origin. */
async function tryToSend(): Promise<string> {
  const elsewhere = new URL(location.href);
  elsewhere.port = '9';
  return fetch(elsewhere.origin, { mode: 'no-cors' }).then(
    () => 'sent',
    (error: Error) => error.name,
  );
}
