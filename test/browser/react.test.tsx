import { connect, type InstanceId } from 'perdure';
import { createHooks } from 'perdure/react';
import { type ReactNode, StrictMode, useState } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type * as orchestrations from './fixtures/orchestrations';

const client = connect<typeof orchestrations>({
  taskHub: `react-${crypto.randomUUID()}`,
  worker: () => new Worker(new URL('./fixtures/app.worker.ts', import.meta.url), { type: 'module' }),
});
const { useInstance, useInstances, useOrchestration, useHub } = createHooks(client);
const newId = () => crypto.randomUUID();

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  vi.restoreAllMocks();
});
afterAll(() => client.close());

function mount(node: ReactNode) {
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  root.render(node);
  let isMounted = true;
  const unmount = () => {
    if (isMounted) root.unmount();
    isMounted = false;
    container.remove();
  };
  cleanups.push(unmount);
  return { text: () => container.textContent, render: (next: ReactNode) => root.render(next), unmount };
}

/** Mounts a component that shows what a hook gives as JSON, and remembers all that it has given. */
function mountHook<T>(useHook: () => T, strict = false) {
  const seen: T[] = [];
  function Component() {
    const value = useHook();
    if (seen.at(-1) !== value) seen.push(value);
    return null;
  }
  const element = <Component />;
  return { ...mount(strict ? <StrictMode>{element}</StrictMode> : element), seen, now: () => seen.at(-1) };
}

describe('useInstance', () => {
  it('follows an instance from start to end', async () => {
    const id = await client.startNew('approval');
    const { seen, now } = mountHook(() => useInstance(id));
    await expect.poll(() => now()?.instance?.waitsFor).toContainEqual({ kind: 'event', name: 'decision' });
    expect(seen[0]).toEqual({ state: 'loading' });

    await client.raiseEvent(id, 'decision', true);
    await expect.poll(() => now()?.instance?.output).toBe('approved');
    expect(now()).toMatchObject({ state: 'ready', instance: { runtimeStatus: 'Completed', instanceId: id } });
  });

  it('tells that there is no such instance, and shows it as soon as there is', async () => {
    const id = newId();
    const { now } = mountHook(() => useInstance(id));
    await expect.poll(() => now()?.state).toBe('missing');
    await client.startNew('chain', { input: 2, instanceId: id });
    await expect.poll(() => now()?.instance?.output).toBe(2);
  });

  it('is loading as long as there is no id', async () => {
    const { seen } = mountHook(() => useInstance(undefined));
    await expect.poll(() => seen).toEqual([{ state: 'loading' }]);
  });

  it('shows an id that cannot be one as an error, and leaves the page standing', async () => {
    const { now } = mountHook(() => useInstance('x'.repeat(300)));
    await expect.poll(() => now()?.error).toMatchObject({ code: 'InvalidName' });
  });

  it('gives the history where it is asked for', async () => {
    const id = await client.startNew('chain', { input: 1 });
    const withHistory = mountHook(() => useInstance(id, { history: true }));
    const without = mountHook(() => useInstance(id));
    await expect.poll(() => withHistory.now()?.instance?.history?.at(-2)?.type).toBe('ExecutionCompleted');
    await expect.poll(() => without.now()?.instance?.output).toBe(1);
    expect(without.now()?.instance?.history).toBeUndefined();
  });

  it('never shows one instance under the id of another', async () => {
    const ids = [await client.startNew('chain', { input: 1 }), await client.startNew('chain', { input: 2 })] as const;
    const shown: [asked: string, given: string | undefined][] = [];
    let choose = (_: InstanceId<'chain'>) => {};
    function Component() {
      const [id, setId] = useState(ids[0]);
      choose = setId;
      shown.push([id, useInstance(id).instance?.instanceId]);
      return null;
    }
    mount(<Component />);
    await expect.poll(() => shown.at(-1)).toEqual([ids[0], ids[0]]);
    choose(ids[1]);
    await expect.poll(() => shown.at(-1)).toEqual([ids[1], ids[1]]);
    expect(shown.filter(([asked, given]) => given !== undefined && given !== asked)).toEqual([]);
  });
});

describe('useInstances', () => {
  it('follows the list, newest first', async () => {
    const prefix = newId();
    const { now } = mountHook(() => useInstances({ idPrefix: prefix }));
    await expect.poll(() => now()?.state).toBe('ready');
    await client.startNew('chain', { input: 1, instanceId: `${prefix}-a` });
    await client.startNew('approval', { instanceId: `${prefix}-b` });
    await expect
      .poll(() => now()?.instances.map(({ instanceId, runtimeStatus }) => [instanceId, runtimeStatus]))
      .toEqual([
        [`${prefix}-b`, 'Running'],
        [`${prefix}-a`, 'Completed'],
      ]);
  });

  it('does not subscribe anew when the same filter is written in place at each render', async () => {
    const watchInstances = vi.spyOn(client, 'watchInstances');
    let renderAgain = () => {};
    let renders = 0;
    function Component() {
      renderAgain = useState(0)[1].bind(null, (n) => n + 1);
      useInstances({ name: 'chain', runtimeStatus: ['Failed'], tags: { of: 'Ada' }, createdTimeFrom: new Date(7) });
      renders++;
      return null;
    }
    mount(<Component />);
    await expect.poll(() => renders).toBeGreaterThan(0);
    const before = renders;
    renderAgain();
    await expect.poll(() => renders).toBeGreaterThan(before);
    expect(watchInstances.mock.calls).toEqual([
      [{ name: 'chain', runtimeStatus: ['Failed'], tags: { of: 'Ada' }, createdTimeFrom: new Date(7) }],
    ]);
  });

  it('takes another filter when its values change', async () => {
    const prefix = newId();
    await client.startNew('chain', { input: 1, instanceId: `${prefix}-a` });
    await client.startNew('chain', { input: 1, instanceId: `${prefix}-b` });
    let choose = (_: string) => {};
    let ids: string[] = [];
    function Component() {
      const [idPrefix, setPrefix] = useState(`${prefix}-a`);
      choose = setPrefix;
      ids = useInstances({ idPrefix }).instances.map(({ instanceId }) => instanceId);
      return null;
    }
    mount(<Component />);
    await expect.poll(() => ids).toEqual([`${prefix}-a`]);
    choose(`${prefix}-b`);
    await expect.poll(() => ids).toEqual([`${prefix}-b`]);
  });
});

describe('useOrchestration', () => {
  it('starts the orchestration and follows it', async () => {
    const id = newId();
    const { seen, now } = mountHook(() => useOrchestration('chain', id, { input: 3 }));
    await expect.poll(() => now()?.instance?.output).toBe(3);
    expect(seen.map(({ state }) => state)).not.toContain('missing');
  });

  it('starts once in StrictMode, however many components mount', async () => {
    const startNew = vi.spyOn(client, 'startNew');
    const id = newId();
    const created = new Set<number>();
    function Component() {
      const { instance } = useOrchestration('chain', id, { input: 1 });
      if (instance) created.add(instance.createdTime.getTime());
      return <p>{instance?.output}</p>;
    }
    const { text } = mount(
      <StrictMode>
        <Component />
        <Component />
        <Component />
      </StrictMode>,
    );
    await expect.poll(text).toBe('111');
    expect(await Promise.all(startNew.mock.results.map(({ value }) => value))).toEqual(
      startNew.mock.calls.map(() => id),
    );
    created.add((await client.getStatus(id)).createdTime.getTime());
    expect(created.size).toBe(1);
  });

  it('shows an instance that is there already, running or ended, and does not start it again', async () => {
    const startNew = vi.spyOn(client, 'startNew');
    const running = await client.startNew('approval');
    const ended = await client.startNew('chain', { input: 4 });
    await client.waitForCompletion(ended);
    startNew.mockClear();

    const first = mountHook(() => useOrchestration('approval', running));
    const second = mountHook(() => useOrchestration('chain', ended, { input: 5 }));
    await expect.poll(() => first.now()?.instance?.runtimeStatus).toBe('Running');
    await expect.poll(() => second.now()?.instance?.output).toBe(4);
    expect(startNew).not.toHaveBeenCalled();
  });

  it('starts another one, with the input that came with it, when the id changes', async () => {
    const ids = [newId(), newId()] as const;
    const outputs = new Map<string, number | undefined>();
    let choose = (_: string) => {};
    function Component() {
      const [id, setId] = useState<string>(ids[0]);
      choose = setId;
      outputs.set(id, useOrchestration('chain', id, { input: id === ids[0] ? 1 : 2 }).instance?.output);
      return null;
    }
    mount(<Component />);
    await expect.poll(() => outputs.get(ids[0])).toBe(1);
    choose(ids[1]);
    await expect.poll(() => outputs.get(ids[1])).toBe(2);
  });

  it('starts nothing without an id', async () => {
    const startNew = vi.spyOn(client, 'startNew');
    const { seen } = mountHook(() => useOrchestration('chain', undefined, { input: 1 }), true);
    await expect.poll(() => seen).toEqual([{ state: 'loading' }]);
    expect(startNew).not.toHaveBeenCalled();
  });

  it('gives what is there to whoever asks at the same time for the same id', async () => {
    const id = newId();
    const views = [1, 2, 3].map((input) => mountHook(() => useOrchestration('chain', id, { input })));
    await expect.poll(() => views.every((view) => view.now()?.instance?.output !== undefined)).toBe(true);
    expect(new Set(views.map((view) => view.now()?.instance?.output)).size).toBe(1);
  });

  it('shows why it cannot be started', async () => {
    const id = newId();
    const input = (() => {}) as unknown as number;
    const { now } = mountHook(() => useOrchestration('chain', id, { input }));
    await expect.poll(() => now()).toMatchObject({ state: 'error', error: { code: 'Payload' } });
  });

  it('takes no instance of another orchestration for its own', async () => {
    const id = await client.startNew('chain', { input: 1 });
    const { seen, now } = mountHook(() => useOrchestration('approval', id));
    await expect.poll(() => now()?.error).toMatchObject({ code: 'InstanceExists' });
    expect(now()?.error?.message).toContain("is of the orchestration 'chain', not 'approval'");
    expect(seen.flatMap(({ instance }) => instance ?? [])).toEqual([]);
  });

  it('shows a purged instance as missing, and starts it anew with the next mount', async () => {
    const id = newId();
    const first = mountHook(() => useOrchestration('chain', id, { input: 1 }));
    await expect.poll(() => first.now()?.instance?.output).toBe(1);
    await client.purge(id);
    await expect.poll(() => first.now()?.state).toBe('missing');
    first.unmount();
    const second = mountHook(() => useOrchestration('chain', id, { input: 2 }));
    await expect.poll(() => second.now()?.instance?.output).toBe(2);
  });
});

describe('useHub', () => {
  it('tells that this tab runs the hub', async () => {
    const { now } = mountHook(useHub);
    await expect.poll(() => now()).toMatchObject({ role: 'owner', error: undefined });
  });
});

describe('on a server', () => {
  it('renders as loading and starts nothing; hydration starts it', async () => {
    const startNew = vi.spyOn(client, 'startNew');
    const id = newId();
    function App() {
      const { state, instance } = useOrchestration('chain', id, { input: 6 });
      const list = useInstances();
      return (
        <p>
          {state} {list.instances.length} {useHub().role} {instance?.output}
        </p>
      );
    }
    const container = document.body.appendChild(document.createElement('div'));
    container.innerHTML = renderToString(<App />);
    expect(container.textContent).toBe('loading 0 starting ');
    expect(startNew).not.toHaveBeenCalled();

    const complaints: unknown[] = [];
    const root = hydrateRoot(container, <App />, { onRecoverableError: (error) => complaints.push(error) });
    cleanups.push(
      () => root.unmount(),
      () => container.remove(),
    );
    await expect.poll(() => container.textContent).toMatch(/^ready \d+ owner 6$/);
    expect(complaints).toEqual([]);
  });
});
