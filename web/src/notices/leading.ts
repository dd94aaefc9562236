const LEADER = "parley-leader";
const VISIBLE = "parley-visible";

/**
 * Which of the tabs speaks for all, and whether anybody looks at one. Both are locks, which the browser frees when a tab
 * ends in whatever way.
 */
export class Leading {
  #leads = false;

  /** Take part until the returned function is called. */
  join(): () => void {
    const leaving = new AbortController();
    const { signal } = leaving;
    void hold(LEADER, "exclusive", signal, () => (this.#leads = true));
    let looking = this.#look(signal);
    const changed = () => {
      looking.abort();
      looking = this.#look(signal);
    };
    document.addEventListener("visibilitychange", changed, { signal });
    return () => {
      this.#leads = false;
      looking.abort();
      leaving.abort();
    };
  }

  /** Whether this tab is to notify: it leads, and no tab of Parley is on the screen. */
  async shouldNotify(): Promise<boolean> {
    if (!this.#leads) return false;
    const { held } = await navigator.locks.query();
    return !held?.some((lock) => lock.name === VISIBLE);
  }

  #look(leaving: AbortSignal): AbortController {
    const looking = new AbortController();
    if (!document.hidden) void hold(VISIBLE, "shared", AbortSignal.any([looking.signal, leaving]));
    return looking;
  }
}

/** Hold a lock until `signal` aborts. */
async function hold(name: string, mode: LockMode, signal: AbortSignal, granted?: () => void): Promise<void> {
  const until = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  try {
    await navigator.locks.request(name, { mode, signal }, () => {
      granted?.();
      return until;
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
