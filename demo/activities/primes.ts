/** How many primes there are from a number on and below another. */
export function primesIn(from: number, to: number): number {
  // Even numbers are left out: the mark at i is for first + 2 i.
  const first = from % 2 === 0 ? from + 1 : from;
  const length = Math.max(Math.ceil((to - first) / 2), 0);
  const isComposite = new Uint8Array(length);
  for (const prime of oddPrimesUpTo(Math.floor(Math.sqrt(to)))) {
    const least = Math.max(prime, Math.ceil(first / prime)) * prime;
    const multiple = least % 2 === 0 ? least + prime : least;
    for (let i = (multiple - first) / 2; i < length; i += prime) {
      isComposite[i] = 1;
    }
  }
  let count = length;
  for (let i = 0; i < length; i++) count -= isComposite[i]!;
  // One is no prime, and two is one that is even.
  if (first === 1 && length > 0) count--;
  return from <= 2 && to > 2 ? count + 1 : count;
}

let known: { primes: number[]; upTo: number } = { primes: [], upTo: 0 };

/** A worker keeps what it has found. */
function oddPrimesUpTo(most: number): readonly number[] {
  if (known.upTo < most) {
    const upTo = 2 * most;
    const isComposite = new Uint8Array(upTo + 1);
    const primes: number[] = [];
    for (let n = 3; n <= upTo; n += 2) {
      if (isComposite[n]) continue;
      primes.push(n);
      for (let i = n * n; i <= upTo; i += 2 * n) isComposite[i] = 1;
    }
    known = { primes, upTo };
  }
  return known.primes;
}
