/** Whatever an instance is called and holds, the status view shows it as text: no element, no code, no link of it. */
import { StatusView } from 'perdure/devtools';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { FailureDetails, HistoryEvent } from '../../src/core/history';
import type { AnyInstance } from '../../src/devtools/client';
import { fakeClient, instance } from './fixtures/devtools-client';

/** Each would do something if it were taken for markup, and each names its place. */
const evil = (where: string) =>
  `"'><img src=x onerror="globalThis.ran = 1"><script>globalThis.ran = 1</script><a href="javascript:alert(1)">${where}</a>`;

let mounted: { root: Root; container: HTMLElement } | undefined;
afterEach(() => {
  mounted?.root.unmount();
  mounted?.container.remove();
});

async function show(given: Partial<AnyInstance>): Promise<HTMLElement> {
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  mounted = { root, container };
  const shown = instance(given);
  root.render(<StatusView client={fakeClient([shown])} selected={shown.instanceId} />);
  await expect.element(page.getByRole('region', { name: 'Instance', exact: true })).toBeVisible();
  return container;
}

/** Unfolds all that can be unfolded, level by level. */
async function unfold(container: HTMLElement): Promise<void> {
  for (let level = 0; level < 6; level++) {
    for (const details of container.querySelectorAll('details')) details.open = true;
    for (const button of container.querySelectorAll<HTMLElement>('[aria-expanded="false"], .pd-more')) button.click();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }
}

async function expectText(container: HTMLElement, places: readonly string[]): Promise<void> {
  await unfold(container);
  const values = [...container.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value);
  const text = [container.textContent, ...values].join('\n');
  for (const place of places) expect(text).toContain(`${place}</a>`);
  expect(container.querySelectorAll('img, script, iframe, object, embed, a[href]')).toHaveLength(0);
  const attributes = [...container.querySelectorAll('*')].flatMap((element) => [...element.attributes]);
  expect(attributes.filter(({ name, value }) => /^on/i.test(name) || /^javascript:/i.test(value.trim()))).toEqual([]);
  expect('ran' in globalThis).toBe(false);
}

const failure: FailureDetails = {
  name: evil('failure-name'),
  message: evil('failure-message'),
  stack: evil('failure-stack'),
  cause: { name: 'Error', message: evil('cause-message') },
};

describe('markup', () => {
  it('in what an instance is called and holds is text', async () => {
    const file = new File(['x'], evil('file-name'));
    const container = await show({
      instanceId: evil('id'),
      name: evil('name'),
      version: evil('version'),
      tags: { [evil('tag')]: evil('tag-value') },
      parent: { instanceId: evil('parent'), name: evil('parent-name') },
      input: { [evil('key')]: evil('value'), file, map: new Map([[evil('map-key'), new Set([evil('set-value')])]]) },
      customStatus: evil('custom-status'),
      suspended: { reason: evil('suspended') },
      waitsFor: [
        { kind: 'event', name: evil('event') },
        {
          kind: 'activity',
          taskId: 0,
          name: evil('activity'),
          progress: { fraction: 0.5, message: evil('progress') },
        },
        { kind: 'subOrchestration', taskId: 1, name: evil('child-name'), instanceId: evil('child') },
      ],
    });
    await expectText(container, [
      ...['id', 'name', 'version', 'tag', 'tag-value', 'parent', 'key', 'value', 'file-name', 'set-value'],
      ...['custom-status', 'suspended', 'event', 'activity', 'progress', 'child'],
    ]);
  });

  it('in how an instance ended is text', async () => {
    const container = await show({ instanceId: 'failed', runtimeStatus: 'Failed', failure });
    await expectText(container, ['failure-name', 'failure-message', 'failure-stack', 'cause-message']);
    mounted?.root.unmount();
    const ended = await show({ instanceId: 'ended', runtimeStatus: 'Completed', output: evil('output') });
    await expectText(ended, ['output']);
    mounted?.root.unmount();
    const terminated = await show({ instanceId: 'gone', runtimeStatus: 'Terminated', reason: evil('reason') });
    await expectText(terminated, ['reason']);
    mounted?.root.unmount();
    const parked = await show({ instanceId: 'parked', runtimeStatus: 'Suspended', parked: { reason: evil('parked') } });
    await expectText(parked, ['parked']);
  });

  it('in a history is text', async () => {
    const history: HistoryEvent[] = [
      { type: 'OrchestratorStarted', at: 1_000 },
      { type: 'ExecutionStarted', name: evil('started'), input: evil('input'), version: evil('version') },
      { type: 'TaskScheduled', taskId: 0, name: evil('scheduled'), input: evil('task-input') },
      { type: 'SubOrchestrationInstanceCreated', taskId: 1, name: evil('created'), instanceId: evil('child') },
      { type: 'EventSent', instanceId: evil('sent-to'), name: evil('sent'), input: evil('sent-input') },
      { type: 'PatchMarked', id: evil('patch') },
      { type: 'CompensationAdded', id: 0, name: evil('undo'), input: evil('undo-input'), scope: 0 },
      { type: 'OrchestratorCompleted' },
      { type: 'ExecutionSuspended', reason: evil('suspended') },
      { type: 'EventRaised', name: evil('raised'), input: evil('data') },
      { type: 'TaskFailed', taskId: 0, failure },
      { type: 'SubOrchestrationInstanceCompleted', taskId: 1, result: evil('result') },
      { type: 'ExecutionTerminated', reason: evil('terminated') },
    ];
    const container = await show({ history });
    await expectText(container, [
      ...[
        'started',
        'input',
        'version',
        'scheduled',
        'task-input',
        'created',
        'child',
        'sent-to',
        'sent',
        'sent-input',
      ],
      ...['patch', 'undo', 'suspended', 'raised', 'data', 'failure-message', 'result', 'terminated'],
    ]);
  });
});

it('a name that turns the direction of writing turns nothing beside it', async () => {
  const container = await show({ input: { '\u202Eeman': 'value', other: 'x'.repeat(200) } });
  await unfold(container);
  const keys = [...container.querySelectorAll('.pd-key')].filter(({ textContent }) => textContent?.includes('\u202E'));
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) {
    const value = key.nextElementSibling;
    expect(value?.getBoundingClientRect().left).toBeGreaterThanOrEqual(key.getBoundingClientRect().right - 1);
  }
});
