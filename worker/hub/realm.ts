/**
 * One realm has one set of globals, and within an orchestrator's turn they are that orchestrator's. A worker runs one
 * hub, and a hub one turn at a time; but a test may run several hubs in one process, and their turns must not mix.
 */
let turning: Promise<void> | undefined;

/** Runs a turn, from bringing the orchestrator back to life on, while no other runs. At once, if none does. */
export function alone<T>(run: () => T | Promise<T>): T | Promise<T> {
  return turning ? turning.then(() => alone(run)) : holding(run());
}

/** Whether no turn runs. */
export function isFree(): boolean {
  return turning === undefined;
}

/** No other turn runs until this one is over, which was begun while none did. */
export function holding<T>(running: T | Promise<T>): T | Promise<T> {
  if (!(running instanceof Promise)) return running;
  const over = () => {
    turning = undefined;
  };
  turning = running.then(over, over);
  return running;
}
