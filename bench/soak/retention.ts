/** How many ended instances stay. Enough that the end of each can be seen before it goes: some 20 seconds of starts. */
export const keep = { Completed: 1_000, Failed: 200, Terminated: 200 } as const;
