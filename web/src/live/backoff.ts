const FIRST = 500;
const LONGEST = 15_000;

/** How long to wait before another try, in milliseconds: doubling, and spread so that clients do not come back at once. */
export function backoff(failures: number, random: () => number = Math.random): number {
  return Math.min(LONGEST, FIRST * 2 ** failures) * (0.5 + random() / 2);
}
