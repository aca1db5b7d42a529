import { connect } from 'perdure';
import { StatusView, type StatusViewProps } from 'perdure/devtools';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { HistoryEvent } from '../../src/core/history';
import type { AnyInstance } from '../../src/devtools/client';
import { fakeClient, instance } from './fixtures/devtools-client';
import type * as orchestrations from './fixtures/orchestrations';

const cleanups: (() => void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  vi.restoreAllMocks();
  await page.viewport(1280, 800);
});

function mount(client: StatusViewProps['client'], props: Partial<StatusViewProps> = {}): HTMLElement {
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  root.render(
    <StrictMode>
      <StatusView client={client} {...props} />
    </StrictMode>,
  );
  cleanups.push(() => {
    root.unmount();
    container.remove();
  });
  return container;
}

/** The view of one instance. */
function mountOne(given: Partial<AnyInstance>) {
  const client = fakeClient([instance(given)]);
  const codes: string[] = [];
  const container = mount(client, { selected: given.instanceId ?? 'i-1', onCall: (code) => codes.push(code) });
  return { client, codes, container };
}

const details = page.getByRole('region', { name: 'Instance', exact: true });
const rows = page.getByRole('listitem').getByRole('button');
const shownRows = () => document.querySelectorAll('.pd-row').length;

describe('the list', () => {
  // So long ago that their age stays the same for a while.
  const createdTime = new Date(Date.now() - 36 * 3_600_000);
  const hundreds = Array.from({ length: 1_050 }, (_, i) =>
    instance({
      instanceId: `i-${i}`,
      name: i % 2 ? 'odd' : 'even',
      runtimeStatus: i % 3 ? 'Completed' : 'Failed',
      createdTime,
    }),
  );

  it('tells the status of each instance in words', async () => {
    const statuses = ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'] as const;
    mount(fakeClient(statuses.map((runtimeStatus) => instance({ instanceId: runtimeStatus[0]!, runtimeStatus }))));
    for (const [i, status] of statuses.entries()) await expect.element(rows.nth(i)).toHaveTextContent(status);
  });

  it('shows a long id in full in its title', async () => {
    const instanceId = 'long-'.repeat(40);
    mount(fakeClient([instance({ instanceId })]));
    const id = page.getByTitle(instanceId);
    await expect.element(id).toBeVisible();
    expect(id.element().scrollWidth).toBeGreaterThan(id.element().clientWidth);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(innerWidth);
  });

  it('shows a hundred instances, and a hundred more when asked', async () => {
    mount(fakeClient(hundreds));
    await expect.poll(shownRows).toBe(100);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(shownRows).toBe(200);
  });

  it('renders of a thousand rows only those that have changed', async () => {
    const client = fakeClient(hundreds);
    mount(client);
    for (let shown = 100; shown < 1_000; shown += 100) {
      await expect.poll(shownRows).toBe(shown);
      document.querySelector<HTMLElement>('.pd-show-more')?.click();
    }
    await expect.poll(shownRows).toBe(1_000);
    // Each rendering of a row writes its time once; StrictMode renders twice.
    const writesTime = vi.spyOn(Date.prototype, 'toISOString');
    const change = (each: AnyInstance): AnyInstance =>
      each.instanceId === 'i-7' ? { ...each, runtimeStatus: 'Running' } : { ...each };
    client.instances.set(client.instances.get().map(change));
    await expect.element(rows.nth(7)).toHaveTextContent('Running');
    expect(writesTime).toHaveBeenCalledTimes(2);
  });

  it('filters by status, by orchestration and by the beginning of the id', async () => {
    mount(fakeClient(hundreds.slice(0, 40)));
    await page.getByRole('button', { name: 'Failed', exact: true }).click();
    await expect.poll(shownRows).toBe(14);
    await page.getByLabelText('Orchestration').selectOptions('odd');
    await expect.poll(shownRows).toBe(7);
    await page.getByLabelText('Search by id').fill('i-3');
    await expect.poll(() => rows.elements().map((row) => row.dataset.id)).toEqual(['i-3', 'i-33', 'i-39']);
    await page.getByRole('button', { name: 'Failed', exact: true }).click();
    await expect.poll(shownRows).toBe(6);
  });

  it('filters by tag, by parent and by the time of creation', async () => {
    const hour = 3_600_000;
    const now = Date.now();
    const parent = { instanceId: 'mother', name: 'family' };
    mount(
      fakeClient([
        instance({ instanceId: 'new', createdTime: new Date(now), tags: { to: 'Lisbon' } }),
        instance({ instanceId: 'old', createdTime: new Date(now - 48 * hour), tags: { to: 'Lisbon' }, parent }),
        instance({ instanceId: 'other', createdTime: new Date(now - 48 * hour), tags: { to: 'Porto' }, parent }),
      ]),
    );
    const ids = () => rows.elements().map((row) => row.dataset.id);
    await page.getByText('Tag, parent, time').click();
    await page.getByLabelText('Tag').fill('to=Lisbon');
    await expect.poll(ids).toEqual(['new', 'old']);
    await page.getByLabelText('Parent').fill('mother');
    await expect.poll(ids).toEqual(['old']);
    await page.getByLabelText('Tag').fill('to');
    await expect.poll(ids).toEqual(['old', 'other']);
    await page.getByLabelText('Parent').fill('');
    const yesterday = new Date(now - 24 * hour - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    await page.getByLabelText('Created from').fill(yesterday);
    await expect.poll(ids).toEqual(['new']);
    await page.getByLabelText('Created from').fill('');
    await page.getByLabelText('and before').fill(yesterday);
    await expect.poll(ids).toEqual(['old', 'other']);
    await expect.element(page.getByText('Tag, parent, time (1 set)')).toBeVisible();
  });

  it('says how many match, of which it shows the newest', async () => {
    mount(fakeClient(hundreds));
    const count = () => document.querySelector('.pd-count')?.textContent;
    await expect.poll(count).toBe('100 of 1,050');
    await page.getByRole('button', { name: 'Failed', exact: true }).click();
    await expect.poll(count).toBe('100 of 350');
    await page.getByLabelText('Search by id').fill('i-30');
    // i-30, i-300, i-303, i-306 and i-309
    await expect.poll(count).toBe('5');
  });

  it('shows a thousand at most, and says what to do about the others', async () => {
    mount(fakeClient(hundreds));
    for (let shown = 100; shown < 1_000; shown += 100) {
      await expect.poll(shownRows).toBe(shown);
      document.querySelector<HTMLElement>('.pd-show-more')?.click();
    }
    await expect.element(page.getByText('Narrow the filter to see the others.')).toBeInTheDocument();
    expect(document.querySelector('.pd-show-more')).toBeNull();
  });

  it('shows what the client says about a filter in its place', async () => {
    const client = fakeClient([]);
    const watch = client.watchInstances;
    const watchInstances: typeof watch = (options) => {
      if (options?.idPrefix) throw new RangeError('the prefix is too long');
      return watch(options);
    };
    mount({ ...client, watchInstances });
    await page.getByLabelText('Search by id').fill('x');
    await expect.element(page.getByRole('alert')).toHaveTextContent('the prefix is too long');
  });

  it('takes in an instance from a file, and shows it', async () => {
    const client = fakeClient([instance({ instanceId: 'imported' })]);
    const codes: string[] = [];
    mount(client, { onCall: (code) => codes.push(code) });
    await page.getByRole('button', { name: 'Import…' }).click();
    await page.getByLabelText('File').upload(new File(['{"an":"export"}'], 'order-7.json'));
    await page.getByLabelText('Id', { exact: true }).fill('order-8');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect.element(details.getByRole('heading', { name: 'collectNames' })).toBeVisible();
    expect(client.calls).toEqual(['importInstance("{\\"an\\":\\"export\\"}", {"instanceId":"order-8"})']);
    expect(codes).toEqual(["client.importInstance(json, { instanceId: 'order-8' })"]);
  });

  it('says why a file was not taken in', async () => {
    const client = fakeClient([]);
    mount(client);
    await page.getByRole('button', { name: 'Import…' }).click();
    await page.getByLabelText('File').upload(new File(['nonsense'], 'order-7.json'));
    client.refuse(new Error('this is no export'));
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('this is no export');
  });

  it('says that nothing matches, and clears the filter', async () => {
    mount(fakeClient(hundreds.slice(0, 3)));
    await page.getByLabelText('Search by id').fill('nobody');
    await expect.element(page.getByText('No instance matches.')).toBeVisible();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect.poll(shownRows).toBe(3);
    await expect.element(page.getByLabelText('Search by id')).toHaveValue('');
  });

  it('is one tab stop, and the arrow keys walk through it', async () => {
    mount(fakeClient(hundreds.slice(0, 5)));
    await expect.poll(shownRows).toBe(5);
    expect(document.querySelectorAll('.pd-row [tabindex="0"]')).toHaveLength(1);
    rows.nth(0).element().focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(document.activeElement).toBe(rows.nth(2).element());
    await userEvent.keyboard('{End}');
    expect(document.activeElement).toBe(rows.nth(4).element());
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await expect.element(rows.nth(4)).toHaveAttribute('aria-current', 'true');
    await expect.element(details.getByText('i-4')).toBeVisible();
  });

  it('says why the hub does not run', async () => {
    const client = fakeClient([]);
    mount(client);
    await expect.element(page.getByText('No instances yet')).toBeVisible();
    client.hub.set({ ...client.hub.get(), role: 'starting', error: new Error('the worker file could not be loaded') });
    await expect.element(page.getByRole('alert')).toHaveTextContent('the worker file could not be loaded');
  });
});

describe('the details', () => {
  it('say in words what the instance waits for', async () => {
    const now = new Date();
    mountOne({
      waitsFor: [
        { kind: 'activity', taskId: 3, name: 'greet' },
        { kind: 'event', name: 'addname' },
        { kind: 'timer', taskId: 4, fireAt: new Date(now.getTime() + 3_590_000) },
        { kind: 'subOrchestration', taskId: 5, name: 'chain', instanceId: 'child-1' },
      ],
    });
    await expect.element(details.getByText('activity greet (task 3)')).toBeVisible();
    await expect.element(details.getByText('event addname')).toBeVisible();
    await expect.element(details.getByText(/timer, fires in 59 min \d+ s \(.*\d\d:\d\d:\d\d\)/)).toBeVisible();
    await expect.element(details.getByText('sub-orchestration chain')).toBeVisible();
  });

  it('show how far an activity is, and what it waits for before it runs', async () => {
    mountOne({
      waitsFor: [
        { kind: 'activity', taskId: 3, name: 'upload', progress: { fraction: 0.256, message: 'part 3 of 12' } },
        { kind: 'activity', taskId: 4, name: 'index', waitsUntil: 'idle' },
      ],
    });
    await expect.element(details.getByText('25 %, part 3 of 12')).toBeVisible();
    await expect.element(details.getByRole('progressbar', { name: 'Progress' })).toHaveValue(0.256);
    await expect.element(details.getByText('waits until nobody uses the page')).toBeVisible();
  });

  it('count what is too much to show at once', async () => {
    const waitsFor = Array.from({ length: 1_000 }, (_, taskId) => ({
      kind: 'activity' as const,
      taskId,
      name: 'noop',
    }));
    mountOne({ waitsFor });
    await details.getByRole('button', { name: 'and 990 more' }).click();
    await expect.element(details.getByText('(task 999)')).toBeVisible();
  });

  it('lead to parent and child', async () => {
    const child = instance({ instanceId: 'child', name: 'chain', parent: { instanceId: 'mother', name: 'family' } });
    const mother = instance({
      instanceId: 'mother',
      name: 'family',
      waitsFor: [{ kind: 'subOrchestration', taskId: 0, name: 'chain', instanceId: 'child' }],
    });
    mount(fakeClient([child, mother]), { selected: 'mother' });
    await details.getByRole('button', { name: 'child' }).first().click();
    await expect.element(details.getByRole('heading', { name: 'chain' })).toBeVisible();
    await details.getByRole('button', { name: 'mother' }).click();
    await expect.element(details.getByRole('heading', { name: 'family' })).toBeVisible();
  });

  it('list the children, and lead to them', async () => {
    const parent = { instanceId: 'mother', name: 'family' };
    const children = Array.from({ length: 12 }, (_, i) =>
      instance({ instanceId: `child-${i}`, name: 'chain', runtimeStatus: 'Completed', parent }),
    );
    mount(fakeClient([instance({ instanceId: 'mother', name: 'family' }), ...children]), { selected: 'mother' });
    const links = details.getByRole('listitem').getByRole('button');
    await expect.element(links.first()).toHaveTextContent('child-0');
    expect(links.elements()).toHaveLength(10);
    await details.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => links.elements()).toHaveLength(12);
    await links.nth(11).click();
    await expect.element(details.getByText('child-11')).toBeVisible();
    await expect.element(details.getByText('Started by')).toBeVisible();
    await expect.element(details.getByText('Children')).not.toBeInTheDocument();
  });

  it('show version and tags, and when it is to start', async () => {
    mountOne({
      runtimeStatus: 'Pending',
      version: '2.1',
      tags: { to: 'Lisbon' },
      waitsFor: [{ kind: 'start', startAt: new Date(Date.now() + 3_590_000) }],
    });
    await expect.element(details.getByText('Version2.1')).toBeVisible();
    await expect.element(details.getByText('toLisbon')).toBeVisible();
    await expect.element(details.getByText(/its start in 59 min \d+ s \(.*\d\d:\d\d:\d\d\)/)).toBeVisible();
  });

  it('tell the suspended from the parked', async () => {
    const { client } = mountOne({ runtimeStatus: 'Suspended', suspended: { reason: 'a question' } });
    await expect.element(details.getByText('Suspended: a question')).toBeVisible();
    await expect.element(rows.first()).toHaveTextContent('Suspended');
    client.instances.set([
      instance({ runtimeStatus: 'Suspended', suspended: {}, parked: { reason: 'task 2 is another one' } }),
    ]);
    await expect.element(details.getByRole('alert')).toHaveTextContent('Parked: task 2 is another one');
    await expect.element(details.getByText('Suspended.', { exact: true })).toBeVisible();
  });

  it('say why an instance is parked, and what to do', async () => {
    mountOne({ runtimeStatus: 'Suspended', parked: { reason: 'task 2 is another one' } });
    await expect.element(details.getByRole('alert')).toHaveTextContent('Parked: task 2 is another one');
    await expect.element(details.getByRole('alert')).toHaveTextContent('Put back the code');
    await expect.element(rows.first()).toHaveTextContent('Parked');
  });

  it('show a failure with its code and causes, and its stack when asked', async () => {
    mountOne({
      runtimeStatus: 'Failed',
      failure: {
        name: 'TaskFailedError',
        message: 'load failed: 503',
        code: 'TaskFailed',
        stack: 'at load (activities.ts:1)',
        cause: { name: 'HttpError', message: '503', cause: { name: 'Error', message: 'socket hang up' } },
      },
    });
    await expect.element(details.getByText('TaskFailedError: load failed: 503')).toBeVisible();
    await expect.element(details.getByText('HttpError: 503')).toBeVisible();
    await expect.element(details.getByText('Error: socket hang up')).toBeVisible();
    const stack = details.getByText('at load (activities.ts:1)');
    await expect.element(stack).not.toBeVisible();
    await details.getByText('Stack').click();
    await expect.element(stack).toBeVisible();
  });

  it('say that there is no such instance', async () => {
    mount(fakeClient([]), { selected: 'nobody' });
    await expect.element(details.getByText('There is no instance with this id.')).toBeVisible();
  });
});

describe('values', () => {
  it('are never markup', async () => {
    const evil = '<img src=x onerror="document.title = 1"><b>bold</b>';
    const { container } = mountOne({
      name: evil,
      input: { [evil]: evil },
      customStatus: evil,
      waitsFor: [{ kind: 'event', name: evil }],
      history: [{ type: 'EventRaised', name: evil, input: [evil] }],
    });
    await expect.element(details.getByRole('heading', { name: evil })).toBeVisible();
    expect(container.querySelector('img, .pd-value b')).toBeNull();
  });

  it('are told by what they are', async () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle.self = circle;
    mountOne({
      input: {
        file: new File([new Uint8Array(119_800)], 'photo.jpg', { type: 'image/jpeg' }),
        blob: new Blob(['abc']),
        bytes: new Uint8Array(32),
        nothing: null,
        missing: undefined,
        big: 12n,
        pattern: /a+/g,
        map: new Map([['key', new Set([1, 2])]]),
        circle,
        payload: { 'perdure:payload': { execution: 1, number: 2, kind: 'binary', size: 2_500_000, type: 'image/png' } },
      },
    });
    for (const text of [
      'file: File photo.jpg, 120 kB, image/jpeg',
      'blob: Blob, 3 bytes',
      'bytes: Uint8Array, 32 bytes',
      'nothing: null',
      'missing: undefined',
      'big: 12n',
      'pattern: /a+/g',
      'map: Map { "key": Set { 1, 2 } }',
      'payload: stored payload, 2.5 MB, image/png',
    ]) {
      await expect.element(details.getByText(text, { exact: true })).toBeVisible();
    }
    await details.getByText('circle:').first().click();
    await expect.element(details.getByText('self: (circular)')).toBeVisible();
  });

  it('that are large are rendered bit by bit', async () => {
    const { container } = mountOne({
      input: { list: Array.from({ length: 5_000 }, (_, i) => i), text: 'x'.repeat(9_000) },
    });
    await expect.element(details.getByText('list:')).toBeVisible();
    expect(container.querySelectorAll('.pd-leaf')).toHaveLength(1);
    await details.getByText('list:').click();
    await expect.poll(() => container.querySelectorAll('.pd-leaf').length).toBe(101);
    await details.getByRole('button', { name: '4,900 more' }).click();
    await expect.poll(() => container.querySelectorAll('.pd-leaf').length).toBe(1_101);
    await details.getByRole('button', { name: 'Show all 9,002 characters' }).click();
    await expect.element(details.getByText('x'.repeat(9_000))).toBeVisible();
  });
});

describe('the history', () => {
  const lines = () => [...document.querySelectorAll('.pd-history tbody tr')].map((row) => row.textContent);

  it('has the time of the turn and the name of the task', async () => {
    const at = new Date(2026, 0, 31, 10, 31, 2).getTime();
    const history: HistoryEvent[] = [
      { type: 'OrchestratorStarted', at },
      { type: 'ExecutionStarted', name: 'chain', input: 3 },
      { type: 'TaskScheduled', taskId: 0, name: 'greet', input: 'Ada' },
      { type: 'OrchestratorCompleted' },
      { type: 'OrchestratorStarted', at: at + 1_000 },
      { type: 'TaskCompleted', taskId: 0, result: 'Hello, Ada!' },
      { type: 'ExecutionCompleted', status: 'Completed', result: { ok: true } },
      { type: 'OrchestratorCompleted' },
      { type: 'EventRaised', name: 'late' },
    ];
    mountOne({ history });
    await expect
      .poll(lines)
      .toEqual([
        '010:31:02OrchestratorStarted',
        '110:31:02ExecutionStartedchaininput3',
        '210:31:02TaskScheduledgreet task 0input"Ada"',
        '310:31:02OrchestratorCompleted',
        '410:31:03OrchestratorStarted',
        '510:31:03TaskCompletedgreet task 0result"Hello, Ada!"',
        '610:31:03ExecutionCompletedCompletedresult{ ok: true }',
        '710:31:03OrchestratorCompleted',
        '8keptEventRaisedlate',
      ]);
  });

  it('shows an event of a kind that it does not know', async () => {
    mountOne({ history: [{ type: 'FromTheFuture', reason: 'again' } as unknown as HistoryEvent] });
    await expect.poll(lines).toEqual(['0keptFromTheFuture{ type: "FromTheFuture", reason: "again" }']);
  });

  it('tells of attempts, undo steps, events sent, patches and versions', async () => {
    const at = new Date(2026, 0, 31, 10, 31, 2).getTime();
    const history: HistoryEvent[] = [
      { type: 'OrchestratorStarted', at },
      { type: 'ExecutionStarted', name: 'trip', version: '2', tags: { to: 'Rome' }, startAt: at },
      {
        type: 'TaskScheduled',
        taskId: 5,
        name: 'book',
        run: { timeout: 60_000, heartbeatTimeout: 5_000, runWhen: 'online', priority: 2, transfer: true },
      },
      { type: 'TaskScheduled', taskId: 7, name: 'book', attempt: 2, retryOf: 5 },
      { type: 'TaskCompleted', taskId: 7, result: 1 },
      { type: 'EventSent', instanceId: 'other', name: 'go', input: 1 },
      { type: 'CompensationAdded', id: 0, name: 'cancel', input: 1, scope: 0 },
      { type: 'CompensationsRemoved', ids: [0, 1] },
      { type: 'PatchMarked', id: 'say thanks' },
      {
        type: 'SubOrchestrationInstanceCreated',
        taskId: 8,
        name: 'chain',
        instanceId: 'c',
        version: '1',
        detached: true,
      },
      { type: 'ContinueAsNew', version: '3', dropEvents: true },
      { type: 'OrchestratorCompleted' },
      { type: 'ExecutionSuspended', reason: 'a question' },
      { type: 'ExecutionResumed' },
      { type: 'ExecutionTerminated', reason: 'enough', recursive: true },
    ];
    mountOne({ history });
    await expect
      .poll(lines)
      .toEqual([
        '010:31:02OrchestratorStarted',
        '110:31:02ExecutionStartedtripversion 2not before 2026-01-31 10:31:02.000tags{ to: "Rome" }',
        '210:31:02TaskScheduledbook task 5within 1 min, a heartbeat every 5 s, when online, priority 2, moved, not copied',
        '310:31:02TaskScheduledbook task 7, attempt 2 of call 5',
        '410:31:02TaskCompletedbook task 7, attempt 2 of call 5result1',
        '510:31:02EventSentgoto otherdata1',
        '610:31:02CompensationAddedcancel undo step 0input1',
        '710:31:02CompensationsRemovedundo steps 0, 1',
        '810:31:02PatchMarkedsay thanks',
        '910:31:02SubOrchestrationInstanceCreatedchain task 8cversion 1nobody waits for it',
        '1010:31:02ContinueAsNewversion 3without the events that are left',
        '1110:31:02OrchestratorCompleted',
        '12ExecutionSuspendeda question',
        '13ExecutionResumed',
        '14keptExecutionTerminatedenoughwith its children',
      ]);
  });

  it('dims what a rewind has passed over, but not what still counts', async () => {
    const history: HistoryEvent[] = [
      { type: 'OrchestratorStarted', at: 0 },
      { type: 'ExecutionStarted', name: 'trip' },
      { type: 'TaskScheduled', taskId: 0, name: 'book' },
      { type: 'OrchestratorCompleted' },
      { type: 'OrchestratorStarted', at: 1 },
      { type: 'EventRaised', name: 'go' },
      { type: 'TaskFailed', taskId: 0, failure: { name: 'Error', message: 'no' } },
      { type: 'ExecutionCompleted', status: 'Failed', failure: { name: 'Error', message: 'no' } },
      { type: 'OrchestratorCompleted' },
      { type: 'ExecutionRewound', from: 4, taskIds: 1, open: [], compensations: 0, reason: 'mended' },
    ];
    mountOne({ history });
    const dimmed = () =>
      [...document.querySelectorAll('.pd-history tbody tr')].flatMap((row, i) =>
        row.matches('.pd-passed-over') ? [i] : [],
      );
    await expect.poll(dimmed).toEqual([4, 6, 7, 8]);
    expect(lines().at(-1)).toBe('9ExecutionRewoundmendedThe dimmed events from 4 on count no more.');
  });

  it('that is long shows its beginning and its end, and the rest when asked', async () => {
    const history = Array.from({ length: 1_200 }, (_, i): HistoryEvent => ({ type: 'EventRaised', name: `e${i}` }));
    mountOne({ history });
    await expect.poll(() => lines().length).toBe(401);
    expect(lines().at(99)).toContain('e99');
    expect(lines().at(101)).toContain('e900');
    await details.getByRole('button', { name: 'Show 800 events between' }).click();
    await expect.poll(() => lines().length).toBe(1_200);
  });
});

describe('actions', () => {
  it('raise an event, and show the call', async () => {
    const { client, codes } = mountOne({ waitsFor: [{ kind: 'event', name: 'addname' }] });
    await expect.element(page.getByLabelText('Event')).toHaveValue('addname');
    await page.getByLabelText('Data').fill('"Edsger"');
    await page.getByRole('button', { name: 'Raise event' }).click();
    await expect.element(page.getByText('Raised addname.')).toBeVisible();
    expect(client.calls).toEqual(['raiseEvent("i-1", "addname", "Edsger")']);
    expect(codes).toEqual(["client.raiseEvent('i-1', 'addname', 'Edsger')"]);
  });

  it('show a call that runs as it stands, whatever is in it', async () => {
    const instanceId = `it's "quoted" \\ and\nbroken`;
    const data = { ok: true, 'a-b': [1, null, 'x'], $id: {}, ['__proto__']: 'own', "quo'te": "it's" };
    const { codes } = mountOne({ instanceId });
    await page.getByLabelText('Event').fill('go');
    await page.getByLabelText('Data').fill(JSON.stringify(data));
    await page.getByRole('button', { name: 'Raise event' }).click();
    await expect.poll(() => codes).toHaveLength(1);
    const args = new Function('client', `return ${codes[0]}`)({ raiseEvent: (...all: unknown[]) => all });
    expect(JSON.stringify(args)).toBe(JSON.stringify([instanceId, 'go', data]));
    expect(Object.keys(args[2])).toContain('__proto__');
  });

  it('leave data out where there is none', async () => {
    const { client } = mountOne({ waitsFor: [{ kind: 'event', name: 'go' }] });
    await page.getByRole('button', { name: 'Raise event' }).click();
    await expect.poll(() => client.calls).toEqual(['raiseEvent("i-1", "go")']);
  });

  it('offer the names that are waited for', async () => {
    mountOne({
      waitsFor: [
        { kind: 'event', name: 'addname' },
        { kind: 'event', name: 'done' },
      ],
    });
    await page.getByRole('button', { name: 'done' }).click();
    await expect.element(page.getByLabelText('Event')).toHaveValue('done');
  });

  it('send nothing that is not JSON, and say how to write it', async () => {
    const { client, codes } = mountOne({ waitsFor: [{ kind: 'event', name: 'addname' }] });
    await page.getByLabelText('Data').fill('Edsger');
    await page.getByRole('button', { name: 'Raise event' }).click();
    await expect.element(details.getByRole('alert')).toHaveTextContent('To send it as a text, write "Edsger".');
    expect([client.calls, codes]).toEqual([[], []]);
  });

  it('say beside the button why they failed, and keep what was typed', async () => {
    const { client } = mountOne({ waitsFor: [{ kind: 'event', name: 'addname' }] });
    client.refuse(new Error("instance 'i-1' has ended"));
    await page.getByLabelText('Data').fill('1');
    await page.getByRole('button', { name: 'Raise event' }).click();
    await expect.element(details.getByRole('alert')).toHaveTextContent("instance 'i-1' has ended");
    await expect.element(page.getByLabelText('Data')).toHaveValue('1');
  });

  it('are those that apply to how it stands', async () => {
    const offered = () => [...document.querySelectorAll('.pd-actions button')].map((button) => button.textContent);
    const { client } = mountOne({});
    const becomes = (given: Partial<AnyInstance>) => client.instances.set([instance(given)]);
    await expect.poll(offered).toEqual(['Suspend…', 'Terminate…', 'Export']);
    becomes({ runtimeStatus: 'Pending' });
    await expect.poll(offered).toEqual(['Suspend…', 'Terminate…', 'Export']);
    becomes({ runtimeStatus: 'Suspended', suspended: {} });
    await expect.poll(offered).toEqual(['Resume…', 'Terminate…', 'Export']);
    becomes({ runtimeStatus: 'Suspended', parked: { reason: 'no code' } });
    await expect.poll(offered).toEqual(['Suspend…', 'Resume…', 'Terminate…', 'Export']);
    becomes({ runtimeStatus: 'Failed', failure: { name: 'Error', message: 'no' } });
    await expect.poll(offered).toEqual(['Rewind…', 'Restart…', 'Purge…', 'Export']);
    becomes({ runtimeStatus: 'Completed' });
    await expect.poll(offered).toEqual(['Restart…', 'Purge…', 'Export']);
    becomes({ runtimeStatus: 'Terminated' });
    await expect.poll(offered).toEqual(['Restart…', 'Purge…', 'Export']);
  });

  it('suspend, resume and rewind with a reason or without', async () => {
    const { client, codes } = mountOne({});
    await page.getByRole('button', { name: 'Suspend…' }).click();
    await page.getByLabelText('Reason').fill('a question');
    await page.getByRole('button', { name: 'Suspend', exact: true }).click();
    await expect.poll(() => client.calls).toEqual(['suspend("i-1", "a question")']);

    client.instances.set([instance({ runtimeStatus: 'Suspended', suspended: {} })]);
    await page.getByRole('button', { name: 'Resume…' }).click();
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect.poll(() => client.calls.at(-1)).toBe('resume("i-1")');

    client.instances.set([instance({ runtimeStatus: 'Failed' })]);
    await page.getByRole('button', { name: 'Rewind…' }).click();
    await page.getByRole('button', { name: 'Rewind', exact: true }).click();
    await expect.poll(() => client.calls.at(-1)).toBe('rewind("i-1")');
    expect(codes).toEqual(["client.suspend('i-1', 'a question')", "client.resume('i-1')", "client.rewind('i-1')"]);
  });

  it('ask for one thing at a time, and no more once it does not apply', async () => {
    const { client } = mountOne({});
    await page.getByRole('button', { name: 'Suspend…' }).click();
    await page.getByRole('button', { name: 'Terminate…' }).click();
    await expect.element(page.getByRole('button', { name: 'Suspend', exact: true })).not.toBeInTheDocument();
    await expect.element(page.getByRole('button', { name: 'Terminate', exact: true })).toBeVisible();
    client.instances.set([instance({ runtimeStatus: 'Completed' })]);
    await expect.element(page.getByRole('button', { name: 'Terminate', exact: true })).not.toBeInTheDocument();
  });

  it('keep the focus when a form has done its work, and do not open it again by themselves', async () => {
    const { client } = mountOne({});
    const button = page.getByRole('button', { name: 'Suspend…' });
    await expect.element(button).toBeVisible();
    button.element().focus();
    await userEvent.keyboard('{Enter}');
    await page.getByLabelText('Reason').fill('a question');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => client.calls).toHaveLength(1);
    client.instances.set([instance({ runtimeStatus: 'Suspended', suspended: {} })]);
    await expect.element(page.getByRole('button', { name: 'Resume…' })).toHaveFocus();
    client.instances.set([instance({})]);
    await expect.element(page.getByRole('button', { name: 'Suspend…' })).toHaveAttribute('aria-expanded', 'false');
  });

  it('restart in its place, or under a new id that is shown then', async () => {
    const { client, codes } = mountOne({ runtimeStatus: 'Completed' });
    await page.getByRole('button', { name: 'Restart…' }).click();
    await page.getByLabelText('under a new id').click();
    await page.getByRole('button', { name: 'Restart', exact: true }).click();
    await expect.element(details.getByText('restarted')).toBeVisible();
    expect(client.calls).toEqual(['restart("i-1", {"newInstanceId":true})']);
    expect(codes).toEqual(["client.restart('i-1', { newInstanceId: true })"]);
  });

  it('save an export as a file', async () => {
    const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    const { client, codes } = mountOne({ instanceId: 'order/7: "x"' });
    await page.getByRole('button', { name: 'Export' }).click();
    await expect.poll(() => saved.mock.contexts).toHaveLength(1);
    const link = saved.mock.contexts[0] as HTMLAnchorElement;
    expect(link.download).toBe('order-7-x-.json');
    expect(await (await fetch(link.href)).text()).toBe('{"an":"export"}');
    expect(client.calls).toEqual(['exportInstance("order/7: \\"x\\"")']);
    expect(codes).toHaveLength(1);
  });

  it('terminate the children too, where there are some', async () => {
    const { client, codes } = mountOne({
      waitsFor: [{ kind: 'subOrchestration', taskId: 0, name: 'chain', instanceId: 'child' }],
    });
    await page.getByRole('button', { name: 'Terminate…' }).click();
    await page.getByLabelText('and its children').click();
    await page.getByRole('button', { name: 'Terminate', exact: true }).click();
    await expect.poll(() => codes).toEqual(["client.terminate('i-1', undefined, { recursive: true })"]);
    expect(client.calls).toHaveLength(1);
  });

  it('terminate with a reason', async () => {
    const { client, codes } = mountOne({});
    await page.getByText('Terminate…').click();
    await expect.element(page.getByLabelText('and its children')).not.toBeInTheDocument();
    await page.getByLabelText('Reason').fill('not wanted');
    await page.getByRole('button', { name: 'Terminate', exact: true }).click();
    await expect.poll(() => client.calls).toEqual(['terminate("i-1", "not wanted")']);
    expect(codes).toEqual(["client.terminate('i-1', 'not wanted')"]);
  });

  it('purge what has ended, after asking, and leave it', async () => {
    const { client, codes } = mountOne({ runtimeStatus: 'Completed', output: 1 });
    await expect.element(page.getByRole('button', { name: 'Raise event' })).not.toBeInTheDocument();
    await page.getByText('Purge…').click();
    expect(client.calls).toEqual([]);
    await page.getByRole('button', { name: 'Purge', exact: true }).click();
    await expect.element(page.getByText('Select an instance')).toBeVisible();
    expect(client.calls).toEqual(['purge("i-1")']);
    expect(codes).toEqual(["client.purge('i-1')"]);
  });
});

describe('the page around', () => {
  it('gets the styles once, however many views it has', async () => {
    const sheets = () => document.adoptedStyleSheets.length;
    mount(fakeClient([]));
    await expect.poll(() => document.querySelectorAll('.pd-root').length).toBe(1);
    const before = sheets();
    mount(fakeClient([]));
    await expect.poll(() => document.querySelectorAll('.pd-root').length).toBe(2);
    expect(sheets()).toBe(before);
  });

  it('gives colours and the colour scheme', async () => {
    const container = mount(fakeClient([]));
    const background = () => getComputedStyle(container.querySelector('.pd-panes')!).backgroundColor;
    await expect.poll(() => container.querySelector('.pd-panes')).not.toBeNull();
    container.style.colorScheme = 'light';
    expect(background()).toBe('rgb(255, 255, 255)');
    container.style.colorScheme = 'dark';
    expect(background()).toBe('rgb(22, 24, 27)');
    container.style.setProperty('--pd-background', 'rgb(1, 2, 3)');
    expect(background()).toBe('rgb(1, 2, 3)');
  });

  it('may keep the selection itself', async () => {
    const asked: (string | undefined)[] = [];
    mount(fakeClient([instance({ instanceId: 'a' })]), { onSelect: (id) => asked.push(id) });
    await rows.first().click();
    expect(asked).toEqual(['a']);
    await expect.element(page.getByText('Select an instance')).toBeVisible();
  });

  it('may be narrow: then the details take the place of the list, and the focus goes along', async () => {
    await page.viewport(390, 800);
    mount(fakeClient([instance({ instanceId: 'a' }), instance({ instanceId: 'b' })]));
    await rows.nth(1).click();
    await expect.element(details).toHaveFocus();
    expect(page.getByRole('region', { name: 'Instances' }).elements()).toEqual([]);
    await page.getByRole('button', { name: 'All instances' }).click();
    await expect.element(rows.nth(1)).toHaveFocus();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390);
  });

  it('is scrolled to the top of the details, from wherever the list was', async () => {
    await page.viewport(390, 800);
    const history = Array.from({ length: 100 }, (_, i): HistoryEvent => ({ type: 'EventRaised', name: `e${i}` }));
    mount(fakeClient(Array.from({ length: 90 }, (_, i) => instance({ instanceId: `i-${i}`, history }))));
    await rows.nth(80).click();
    await expect.element(page.getByRole('button', { name: 'All instances' })).toBeInViewport();
    await page.getByRole('button', { name: 'All instances' }).click();
    await expect.element(rows.nth(80)).toBeInViewport();
  });
});

describe('on a real hub', () => {
  const client = connect<typeof orchestrations>({
    taskHub: `devtools-${crypto.randomUUID()}`,
    worker: () => new Worker(new URL('./fixtures/app.worker.ts', import.meta.url), { type: 'module' }),
  });
  afterAll(() => client.close());

  it('an instance is followed, sent its event, and purged', async () => {
    mount(client);
    await client.startNew('approval', { instanceId: 'approval-1' });
    await rows.first().click();
    await expect.element(details.getByText('event decision')).toBeVisible();
    await expect.element(details.getByText('TimerCreated')).toBeVisible();

    await page.getByLabelText('Data').fill('true');
    await page.getByRole('button', { name: 'Raise event' }).click();
    await expect.element(details.getByText('"approved"').first()).toBeVisible();
    await expect.element(rows.first()).toHaveTextContent('Completed');

    await page.getByText('Purge…').click();
    await page.getByRole('button', { name: 'Purge', exact: true }).click();
    await expect.element(page.getByText('Select an instance')).toBeVisible();
    await expect.element(page.getByText('No instances yet')).toBeVisible();
  });

  it('one is terminated, and the reason is shown', async () => {
    mount(client, { selected: await client.startNew('approval') });
    await page.getByText('Terminate…').click();
    await page.getByLabelText('Reason').fill('not wanted');
    await page.getByRole('button', { name: 'Terminate', exact: true }).click();
    await expect.element(details.getByText('not wanted').first()).toBeVisible();
    await expect.element(rows.first()).toHaveTextContent('Terminated');
  });

  it('a failure is shown with its cause', async () => {
    mount(client, { selected: await client.startNew('fails', { input: 'oh no' }) });
    await expect.element(details.getByText('TaskFailedError: fail failed: oh no').first()).toBeVisible();
    await expect.element(details.getByText('RangeError: oh no').first()).toBeVisible();
  });

  it('one that has failed is rewound, and what was passed over stays in sight', async () => {
    mount(client, { selected: await client.startNew('fails', { input: 'oh no' }) });
    await page.getByRole('button', { name: 'Rewind…' }).click();
    await page.getByLabelText('Reason').fill('mended');
    await page.getByRole('button', { name: 'Rewind', exact: true }).click();
    await expect.element(details.getByText('mended')).toBeVisible();
    const dimmed = () => document.querySelectorAll('.pd-passed-over').length;
    await expect.poll(dimmed).toBeGreaterThan(0);
    // It is not mended after all.
    await expect.element(page.getByRole('button', { name: 'Rewind…' })).toBeVisible();
    await expect.element(rows.first()).toHaveTextContent('Failed');
  });

  it('one that waits for its time says so, and is held', async () => {
    const id = await client.startNew('approval', { startAt: '1h', tags: { of: 'Ada' } });
    mount(client, { selected: id });
    await expect.element(details.getByText(/its start in 59 min/)).toBeVisible();
    await expect.element(details.getByText('ofAda')).toBeVisible();
    await page.getByRole('button', { name: 'Suspend…' }).click();
    await page.getByRole('button', { name: 'Suspend', exact: true }).click();
    await expect.element(details.getByText('Suspended.', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Resume…' }).click();
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect.element(rows.first()).toHaveTextContent('Pending');
  });

  it('an id that cannot be one shows as an error in its place', async () => {
    mount(client, { selected: 'x'.repeat(300) });
    await expect.element(details.getByRole('alert')).toHaveTextContent('at most 256 characters');
  });
});
