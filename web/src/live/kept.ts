import { type JobView, unknownJob } from "./job";

const KEY = "parley-jobs";
const MOST_JOBS = 50;
const MOST_CHARACTERS = 1_000_000;

let saved: Map<string, JobView> | undefined;

/**
 * Views of jobs that outlive a reload of this tab, each with its cursor, so that following goes on where it was. What
 * does not fit is followed from its beginning again: that costs a replay and loses nothing.
 */
export function keep(views: readonly JobView[]): void {
  const fitting: JobView[] = [];
  let size = 0;
  for (const view of views.slice(-MOST_JOBS).reverse()) {
    size += JSON.stringify(view).length;
    if (view.seq > 0 && size <= MOST_CHARACTERS) fitting.push(view);
  }
  store((storage) => storage.setItem(KEY, JSON.stringify(fitting)));
}

export function kept(id: string): JobView | undefined {
  saved ??= new Map(read().map((view) => [view.id, view]));
  return saved.get(id);
}

export function forget(): void {
  saved = new Map();
  store((storage) => storage.removeItem(KEY));
}

/** What a page of an older version left may lack members that this one knows. */
function read(): JobView[] {
  let views: JobView[] = [];
  store((storage) => {
    const found: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    if (Array.isArray(found)) views = found.filter(isView).map((view) => ({ ...unknownJob(view.id), ...view }));
  });
  return views;
}

function isView(value: unknown): value is JobView {
  const view = value as Partial<JobView> | null;
  return typeof view?.id === "string" && typeof view.seq === "number" && typeof view.epoch === "number";
}

function store(work: (storage: Storage) => void): void {
  try {
    work(sessionStorage);
  } catch {
    // Without storage, or with an unreadable one, jobs are followed from their beginning.
  }
}
