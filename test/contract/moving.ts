/** An instance leaves a hub as JSON, and goes on in another. */
import { describe, expect, it } from 'vitest';
import { expectRefused, gather, given, type OpenHub, type Style } from './hub';

export function movingContract(open: OpenHub, style: Style): void {
  describe('exportInstance and importInstance', () => {
    const hub = given(open, style);
    const other = given(open, style);
    const rich = { at: new Date(5), map: new Map([['k', new Set([1n])]]), bytes: new Uint8Array([1, 2, 3]) };

    it('take an instance to another hub, where it goes on with what it holds', async () => {
      const id = await hub.start('echoes', rich, { tags: { order: '7' } });
      await hub.waitingFor(id, 'echo');
      const json = await hub.client.exportInstance(id);
      expect(JSON.parse(json)).toMatchObject({ format: 'perdure/instance' });
      expect(await other.client.importInstance(json)).toBe(id);
      await other.client.raiseEvent(id, 'echo', 'there');
      expect(await other.client.waitForCompletion(id)).toMatchObject({
        input: rich,
        output: [rich, rich, 'there'],
        tags: { order: '7' },
        version: '2',
      });
      expect((await hub.client.getStatus(id)).runtimeStatus).toBe('Running');
    });

    it('take the children along that it waits for', async () => {
      const id = await hub.start('starts', { name: 'waits' });
      const [wait] = (await hub.waiting(id)).waitsFor;
      const child = wait?.kind === 'subOrchestration' ? wait.instanceId : '';
      await hub.waiting(child);
      await other.client.importInstance(await hub.client.exportInstance(id));
      expect(await other.client.getStatus(child)).toMatchObject({ parent: { instanceId: id } });
      await other.client.raiseEvent(child, 'go', 'from the child');
      expect(await other.output(id)).toBe('from the child');
    });

    it('give another id where one is wanted, also to the children', async () => {
      const id = await hub.start('starts', { name: 'waits' });
      await hub.waiting(id);
      const json = await hub.client.exportInstance(id);
      const copy = `the copy, ${style}`;
      expect(await hub.client.importInstance(json, { instanceId: copy })).toBe(copy);
      const [child] = await gather(hub.client.listInstances({ parent: copy }));
      await hub.client.raiseEvent(child!.instanceId, 'go', 'copied');
      expect(await hub.output(copy)).toBe('copied');
      expect((await hub.client.getStatus(id)).runtimeStatus).toBe('Running');
    });

    it('bring an ended instance with its whole history', async () => {
      const id = await hub.start('chain', 2);
      await hub.client.waitForCompletion(id);
      await other.client.importInstance(await hub.client.exportInstance(id));
      const { execution: _, ...was } = (await hub.events(id, 'ExecutionStarted'))[0]!;
      expect(await other.client.getStatus(id)).toMatchObject({ runtimeStatus: 'Completed', output: 2 });
      expect(await other.events(id, 'ExecutionStarted')).toMatchObject([was]);
      expect(await other.history(id)).toHaveLength((await hub.history(id)).length);
    });

    it('refuse what is no export, an id in use, and code that is not here', async () => {
      const id = await hub.start('takes', 1);
      await hub.waiting(id);
      const json = await hub.client.exportInstance(id);
      await expectRefused('InstanceExists', hub.client.importInstance(json));
      await expectRefused('InvalidExport', hub.client.importInstance('{}'), hub.client.importInstance('no JSON'));
      await expectRefused('InvalidExport', hub.client.importInstance(json.replace('"version":1', '"version":99')));
      const strange = json.replaceAll(`"${hub.name('takes')}"`, '"stranger"');
      await expectRefused('UnknownOrchestration', hub.client.importInstance(strange, { instanceId: 'strange' }));
      await expectRefused('InstanceNotFound', hub.client.exportInstance('nobody'));
    });
  });
}
