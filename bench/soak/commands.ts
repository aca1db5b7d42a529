/** What the driver asks of a tab, and what comes back. All of it can be written as JSON. */
import type { RuntimeStatus } from 'perdure';
import type { Break } from './breaks';
import type { Contents } from './inspect';

export const kinds = [
  'chain',
  'chainOfSteps',
  'fan',
  'family',
  'sleeper',
  'laps',
  'collect',
  'failing',
  'payload',
] as const;
export type Kind = (typeof kinds)[number];

/** What is started. */
export interface Plan {
  kind: Kind;
  nonce: string;
  /** Steps, children, milliseconds or bytes, by the kind. */
  size: number;
  seed: number;
  /** Whether the client is to make the id. */
  isFresh: boolean;
}

/** An instance as it is told to the driver; large values as their checksums. */
export interface Standing {
  instanceId: string;
  /** Absent for children. */
  nonce?: string;
  runtimeStatus: RuntimeStatus;
  output?: unknown;
  failure?: string;
  parked?: string;
}

/** An event of a history without its values. */
export interface EventShape {
  type: string;
  taskId?: number;
  at?: number;
}

export interface Commands {
  start: [plan: Plan, reply: string];
  /** Waits for the end, however it is. */
  end: [id: string, reply: Standing];
  status: [id: string, reply: Standing];
  note: [to: { id: string; nonce: string; item: number }, reply: null];
  terminate: [id: string, reply: null];
  suspend: [id: string, reply: null];
  resume: [id: string, reply: null];
  purge: [which: string | { olderThanMs: number } | 'all', reply: number];
  history: [id: string, reply: EventShape[]];
  export: [id: string, reply: string];
  /** Those with the tag. */
  find: [nonce: string, reply: Standing[]];
  list: [which: 'all' | 'open', reply: Standing[]];
  count: [status: RuntimeStatus | 'all', reply: number];
  /** The database as it is. */
  contents: [how: { referred: boolean }, reply: Contents];
}
export type CommandName = keyof Commands;

export interface Command<N extends CommandName = CommandName> {
  call: number;
  name: N;
  argument: Commands[N][0];
}

/** How a command ended. */
export type Reply<N extends CommandName = CommandName> = { value: Commands[N][1] } | { code: string; message: string };

/** What a page says, unasked too. */
export type Told =
  | { kind: 'replies'; replies: { call: number; reply: Reply }[] }
  | { kind: 'hub'; role: string; epoch: number | undefined };

declare global {
  interface Window {
    /** The driver's. */
    tellDriver(text: string): void;
    soak: {
      run(commands: Command[]): void;
      killHost(): void;
      breaks?: Break;
    };
  }
}
