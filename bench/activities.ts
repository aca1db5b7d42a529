/** Does nothing, and says which one has done it. */
export async function noop(n: number): Promise<number> {
  return n;
}
