import type { JobSnapshot } from "@/api/client";
import type { Problem } from "@/api/problem";
import { createStore, type Readable, type Store } from "@/lib/store";

import { Connection } from "./connection";
import { type Frame, isJobEvent, type JobEvent, type OpenQuestion } from "./events";
import { perFrame } from "./frames";
import { apply, hasEnded, type JobView, settledPart, skip, unknownJob, withSnapshot } from "./job";
import { forget, keep, kept } from "./kept";

export interface Asking {
  readonly job: JobView;
  readonly question: OpenQuestion;
}

/** One thing that just happened to a job, for who tells the user about it. */
export interface News {
  readonly kind: "asked" | "ended";
  readonly job: JobView;
}

interface Entry {
  view: JobView;
  snapshot: JobSnapshot | null;
  /** What is shown: `view`, with what only the snapshot knows. */
  readonly shown: Store<JobView>;
  readonly problem: Store<Problem | null>;
  followers: number;
  /** Events behind this one are news; `null` until the gateway has said how far the log reached. */
  known: number | null;
}

type Heard = (news: News) => void;

/**
 * All jobs that this tab follows. Frames are collected and applied once per animation frame, so a hundred tokens cost
 * one rendering.
 */
export class LiveJobs {
  readonly connection: Connection;
  /** Every question that waits for an answer, the most urgent first. */
  readonly questions = createStore<readonly Asking[]>([]);
  /** Counts the batches of events that changed any job, for lists that show many. */
  readonly revision = createStore(0);
  /** Jobs that components show right now; one that two of them show is there twice. */
  readonly viewed = createStore<readonly string[]>([]);
  readonly #entries = new Map<string, Entry>();
  readonly #watched = new Set<string>();
  readonly #closed = new Set<string>();
  readonly #heard = new Set<Heard>();
  readonly #flush = perFrame(() => this.#apply());
  #frames: Frame[] = [];

  constructor() {
    this.connection = new Connection({
      cursor: (job) => cursorOf(this.#entry(job).view),
      onScreen: () => this.viewed.get(),
      frame: (frame) => this.#receive(frame),
      refused: (job, problem) => this.#entry(job).problem.set(problem),
    });
  }

  /** Stay connected, and keep what was seen over a reload, until the returned function is called. */
  open(): () => void {
    const close = this.connection.open();
    const save = () => keep([...this.#entries.values()].map((entry) => settledPart(entry.view)));
    addEventListener("pagehide", save);
    return () => {
      removeEventListener("pagehide", save);
      close();
    };
  }

  /** Follow a job until the returned function is called. `fresh`: it was submitted just now, all of it is news. */
  follow(id: string, { fresh = false } = {}): () => void {
    const entry = this.#entry(id);
    if (fresh && entry.view.seq === 0) entry.known = 0;
    entry.followers += 1;
    if (entry.followers === 1 && !hasEnded(entry.view)) this.connection.follow(id);
    let following = true;
    return () => {
      if (following) this.#release(id, entry);
      following = false;
    };
  }

  /** Follow a job from start to end, whatever is shown meanwhile. */
  watch(id: string, options?: { fresh?: boolean }): void {
    if (this.#watched.has(id) || hasEnded(this.#entry(id).view)) return;
    this.#watched.add(id);
    const release = this.follow(id, options);
    const stop = this.shown(id).subscribe(() => {
      if (!hasEnded(this.#entry(id).view)) return;
      stop();
      release();
      this.#watched.delete(id);
    });
  }

  /** What is known of a job, for components to follow. */
  shown(id: string): Readable<JobView> {
    return this.#entry(id).shown;
  }

  /** What is known of a job, if anything is. */
  peek(id: string): JobView | undefined {
    return this.#entries.get(id)?.shown.get();
  }

  /** Why a job cannot be followed. */
  problem(id: string): Readable<Problem | null> {
    return this.#entry(id).problem;
  }

  /** Add what the gateway says of a job as a whole. */
  meet(snapshot: JobSnapshot): void {
    const entry = this.#entry(snapshot.id);
    if (entry.snapshot && entry.snapshot.seq > snapshot.seq) return;
    entry.snapshot = snapshot;
    this.#show(entry);
    this.#showed();
  }

  /** A component shows this job, until the returned function is called: nobody need be told what is on the screen. */
  view(id: string): () => void {
    this.viewed.set([...this.viewed.get(), id]);
    return () => {
      const at = this.viewed.get().indexOf(id);
      this.viewed.set(this.viewed.get().toSpliced(at, 1));
    };
  }

  /** A question needs no answer any more, even if the event that says so is still on its way. */
  closeQuestion(question: string): void {
    this.#closed.add(question);
    this.#collectQuestions();
  }

  /** Call `heard` for what happens from now on. */
  onNews(heard: Heard): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  /** Forget everything: somebody else signs in. */
  clear(): void {
    this.#entries.clear();
    this.#watched.clear();
    this.#frames = [];
    this.questions.set([]);
    forget();
  }

  #entry(id: string): Entry {
    const known = this.#entries.get(id);
    if (known) return known;
    const saved = kept(id);
    const view = saved ?? unknownJob(id);
    const entry: Entry = {
      view,
      snapshot: null,
      shown: createStore(view),
      problem: createStore<Problem | null>(null),
      followers: 0,
      known: saved ? saved.seq : null,
    };
    this.#entries.set(id, entry);
    return entry;
  }

  #release(id: string, entry: Entry): void {
    entry.followers -= 1;
    if (entry.followers > 0) return;
    this.connection.leave(id);
    this.#collectQuestions();
  }

  #receive(frame: Frame): void {
    this.#frames.push(frame);
    this.#flush.ask();
  }

  #apply(): void {
    const frames = this.#frames;
    this.#frames = [];
    const changed = new Set<Entry>();
    const news: News[] = [];
    for (const frame of frames) {
      if (!("job" in frame)) continue;
      const entry = this.#entry(frame.job);
      const before = entry.view;
      if (isJobEvent(frame)) entry.view = apply(before, frame);
      else this.#signalled(entry, frame);
      if (entry.view === before) continue;
      changed.add(entry);
      news.push(...newsBetween(before, entry));
    }
    for (const entry of changed) this.#show(entry);
    if (changed.size > 0) this.#showed();
    for (const item of news) for (const heard of [...this.#heard]) heard(item);
  }

  #signalled(entry: Entry, frame: Exclude<Frame, JobEvent>): void {
    if (frame.type === "gap") entry.view = skip(entry.view, frame.to);
    if (frame.type !== "subscribed") return;
    // A log that began anew, or a cursor that the gateway does not know: everything comes again.
    if (frame.epoch !== entry.view.epoch || !frame.recovered) entry.view = unknownJob(entry.view.id, frame.epoch);
    entry.known ??= frame.to;
  }

  #show(entry: Entry): void {
    if (hasEnded(entry.view)) this.connection.leave(entry.view.id);
    entry.shown.set(entry.snapshot ? withSnapshot(entry.view, entry.snapshot) : entry.view);
  }

  #showed(): void {
    this.revision.set(this.revision.get() + 1);
    this.#collectQuestions();
  }

  #collectQuestions(): void {
    const asking: Asking[] = [];
    for (const { shown } of this.#entries.values()) {
      const job = shown.get();
      if (job.question && !this.#closed.has(job.question.question_id)) asking.push({ job, question: job.question });
    }
    asking.sort((one, other) => one.question.expires_at.localeCompare(other.question.expires_at));
    if (!sameQuestions(asking, this.questions.get())) this.questions.set(asking);
  }
}

function cursorOf(view: JobView): string {
  return `${view.epoch}:${view.seq}`;
}

function newsBetween(before: JobView, { view, known }: Entry): News[] {
  if (known === null || view.seq <= known) return [];
  if (hasEnded(view)) return hasEnded(before) ? [] : [{ kind: "ended", job: view }];
  const asked = view.question !== null && view.question.question_id !== before.question?.question_id;
  return asked ? [{ kind: "asked", job: view }] : [];
}

function sameQuestions(some: readonly Asking[], others: readonly Asking[]): boolean {
  return (
    some.length === others.length &&
    some.every((asking, at) => asking.question.question_id === others[at]?.question.question_id)
  );
}
