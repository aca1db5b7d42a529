/** The calls that the page's actions have made, newest first. They outlast a reload, as what they started does. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

export interface NotedCall {
  readonly number: number;
  readonly at: number;
  readonly code: string;
}

interface Calls {
  readonly calls: readonly NotedCall[];
}

const keptAtMost = 50;

export const useCalls = create<Calls>()(
  persist((): Calls => ({ calls: [] }), {
    name: 'perdure-demo-calls',
    storage: createJSONStorage(() => sessionStorage),
  }),
);

export function noteCall(code: string): void {
  useCalls.setState(({ calls }) => {
    const call = { number: (calls[0]?.number ?? 0) + 1, at: Date.now(), code };
    return { calls: [call, ...calls].slice(0, keptAtMost) };
  });
}

export function forgetCalls(): void {
  useCalls.setState({ calls: [] });
}
