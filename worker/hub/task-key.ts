/** What a task is known by among all that run in the hub: its execution and its number there. */

export function taskKey(execution: number, taskId: number): string {
  return `${execution}:${taskId}`;
}

export function taskIdOf(key: string): number {
  return Number(key.slice(key.indexOf(':') + 1));
}

export function executionOf(key: string): number {
  return Number(key.slice(0, key.indexOf(':')));
}
