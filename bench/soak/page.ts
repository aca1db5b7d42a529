/** A tab of the soak: a full client, which does what the driver asks and tells what came of it. */
import { connect, type InstanceStatus } from 'perdure';
import { hostName } from './breaks';
import type { Command, CommandName, Commands, Plan, Reply, Standing, Told } from './commands';
import { inspect } from './inspect';
import type * as orchestrations from './orchestrations';
import { bytesOf, checksum } from './values';

type App = typeof orchestrations;
type Status = InstanceStatus<App>;

const hosts: Worker[] = [];
const broken = new URLSearchParams(location.search).get('break');
const name = broken ? `${hostName} ${broken}` : hostName;
const client = connect<App>({
  taskHub: 'soak',
  worker() {
    const host = new Worker(new URL('./soak.worker.ts', import.meta.url), { type: 'module', name });
    hosts.push(host);
    return host;
  },
});

const ended = ['Completed', 'Failed', 'Terminated'] as const;

const handlers: { [N in CommandName]: (argument: Commands[N][0]) => Promise<Commands[N][1]> } = {
  start,
  async end(id) {
    try {
      return await standingOf(await client.waitForCompletion(id));
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === 'InstanceFailed') return { instanceId: id, runtimeStatus: 'Failed', failure: message };
      if (code === 'InstanceTerminated') return { instanceId: id, runtimeStatus: 'Terminated' };
      throw error;
    }
  },
  status: async (id) => standingOf(await client.getStatus(id)),
  note: async ({ id, nonce, item }) => nothing(client.raiseEvent(id, 'note', { nonce, item })),
  terminate: async (id) => nothing(client.terminate(id, 'soak')),
  suspend: async (id) => nothing(client.suspend(id)),
  resume: async (id) => nothing(client.resume(id)),
  async purge(which) {
    if (which === 'all') return (await client.purge({ runtimeStatus: ended })).instancesDeleted;
    if (typeof which === 'string') return (await client.purge(which)).instancesDeleted;
    const lastUpdatedTimeTo = new Date(Date.now() - which.olderThanMs);
    return (await client.purge({ lastUpdatedTimeTo })).instancesDeleted;
  },
  async history(id) {
    const events = await client.getHistory(id);
    return events.map((event) => ({
      type: event.type,
      ...('taskId' in event && { taskId: event.taskId }),
      ...('at' in event && { at: event.at }),
    }));
  },
  export: (id) => client.exportInstance(id),
  find: (nonce) => all({ tags: { nonce } }),
  list: (which) => all(which === 'open' ? { runtimeStatus: ['Pending', 'Running', 'Suspended'] } : {}),
  count: (status) => client.countInstances(status === 'all' ? {} : { runtimeStatus: [status] }),
  contents: ({ referred }) => inspect('perdure/soak', referred),
};

async function start(plan: Plan): Promise<string> {
  const { kind, nonce, size, seed, isFresh } = plan;
  const options = { tags: { nonce }, ...(!isFresh && { instanceId: nonce, onExisting: 'reject' as const }) };
  if (kind !== 'payload') return client.startNew(kind, { input: { nonce, size }, ...options });
  const blob = new Blob([bytesOf(seed, size)]);
  return client.startNew(kind, { input: { nonce, size, seed, blob }, ...options });
}

async function all(filter: Parameters<typeof client.listInstances>[0]): Promise<Standing[]> {
  const found: Standing[] = [];
  for await (const each of client.listInstances({ pageSize: 500, ...filter })) found.push(await standingOf(each));
  return found;
}

async function standingOf({ instanceId, runtimeStatus, tags, output, failure, parked }: Status): Promise<Standing> {
  const { made } = (output ?? {}) as { made?: unknown };
  const bytes = made instanceof Blob ? new Uint8Array(await made.arrayBuffer()) : undefined;
  return {
    instanceId,
    runtimeStatus,
    ...(tags?.nonce !== undefined && { nonce: tags.nonce }),
    output: bytes ? { ...(output as object), made: checksum(bytes) } : output,
    ...(failure && { failure: failure.message }),
    ...(parked && { parked: parked.reason }),
  };
}

async function nothing(done: Promise<unknown>): Promise<null> {
  await done;
  return null;
}

// ---------------------------------------------------------------------------------------------------- the driver

let replies: { call: number; reply: Reply }[] = [];

function tell(told: Told): void {
  window.tellDriver(JSON.stringify(told));
}

async function answer({ call, name, argument }: Command): Promise<void> {
  const handle = handlers[name] as (argument: unknown) => Promise<never>;
  const reply: Reply = await handle(argument).then(
    (value) => ({ value }),
    ({ code = '', message, name: kind }) => ({ code: String(code || kind), message: String(message) }),
  );
  // Those that come in one go travel together.
  if (replies.length === 0) {
    queueMicrotask(() => {
      tell({ kind: 'replies', replies });
      replies = [];
    });
  }
  replies.push({ call, reply });
}

window.soak = {
  run(commands) {
    for (const command of commands) void answer(command);
  },
  killHost: () => hosts.at(-1)?.terminate(),
};

let shown = '';
function tellHub(): void {
  const { role, epoch } = client.hub.get();
  if (shown === `${role} ${epoch}`) return;
  shown = `${role} ${epoch}`;
  tell({ kind: 'hub', role, epoch });
}
client.hub.subscribe(tellHub);
tellHub();
