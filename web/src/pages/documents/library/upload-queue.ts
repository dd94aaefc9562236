import { asProblem, type Problem } from "@/api/problem";
import { createStore } from "@/lib/store";

/** What is sent of one file. The same object for every try, so that trying again counts once. */
export interface Sending {
  readonly file: File;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

export type Send = (sending: Sending) => Promise<unknown>;

export interface Upload {
  readonly id: string;
  readonly file: File;
  readonly state: "waiting" | "sending" | "refused";
  /** How much of it has been sent, from 0 to 1. */
  readonly sent: number;
  readonly problem: Problem | null;
}

interface Task {
  readonly sending: Sending;
  readonly abort: AbortController;
  send: Send;
}

/** Files on their way to the gateway, a few at a time. It outlives the page, so that looking elsewhere stops nothing. */
export class UploadQueue {
  /** Those that are not accepted yet, in the order in which they were added. */
  readonly uploads = createStore<readonly Upload[]>([]);
  readonly #tasks = new Map<string, Task>();
  readonly #atOnce: number;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  add(files: readonly File[], send: Send): void {
    const added = files.map((file) => this.#task(file, send));
    this.uploads.set([...this.uploads.get(), ...added]);
    this.#pump();
  }

  retry(id: string, send: Send): void {
    const task = this.#tasks.get(id);
    if (!task) return;
    task.send = send;
    this.#change(id, { state: "waiting", sent: 0, problem: null });
    this.#pump();
  }

  /** Forget an upload, and stop it if it is on its way. */
  remove(id: string): void {
    this.#tasks.get(id)?.abort.abort();
    this.#drop(id);
    this.#pump();
  }

  clear(): void {
    for (const { id } of this.uploads.get()) this.remove(id);
  }

  #task(file: File, send: Send): Upload {
    const id = crypto.randomUUID();
    const abort = new AbortController();
    const onProgress = (sent: number) => this.#change(id, { sent });
    this.#tasks.set(id, { abort, send, sending: { file, signal: abort.signal, onProgress } });
    return { id, file, state: "waiting", sent: 0, problem: null };
  }

  #pump(): void {
    const sending = this.uploads.get().filter(({ state }) => state === "sending").length;
    const next = this.uploads.get().filter(({ state }) => state === "waiting");
    for (const { id } of next.slice(0, Math.max(0, this.#atOnce - sending))) void this.#run(id);
  }

  async #run(id: string): Promise<void> {
    const task = this.#tasks.get(id);
    if (!task) return;
    this.#change(id, { state: "sending" });
    try {
      await task.send(task.sending);
      this.#drop(id);
    } catch (error) {
      this.#change(id, { state: "refused", problem: asProblem(error) });
    }
    this.#pump();
  }

  #change(id: string, change: Partial<Upload>): void {
    this.uploads.set(this.uploads.get().map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }

  #drop(id: string): void {
    this.#tasks.delete(id);
    this.uploads.set(this.uploads.get().filter((upload) => upload.id !== id));
  }
}
