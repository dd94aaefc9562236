const HIDDEN = 250;

/**
 * Calls `work` once before the next paint, however often it is asked for; a hidden page paints nothing, so there it is
 * called a few times a second.
 */
export function perFrame(work: () => void): { ask: () => void; now: () => void } {
  let painting = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function now(): void {
    cancelAnimationFrame(painting);
    clearTimeout(waiting);
    waiting = undefined;
    work();
  }

  return {
    now,
    ask() {
      if (waiting !== undefined) return;
      painting = requestAnimationFrame(now);
      waiting = setTimeout(now, HIDDEN);
    },
  };
}
