import { api, body } from "@/api/client";
import { asProblem, Problem } from "@/api/problem";
import { createStore } from "@/lib/store";
import { bearer, signOut } from "@/session/token";

import { backoff } from "./backoff";
import { type Frame, readFrame } from "./events";
import { streamEvents } from "./stream";

/** `idle`: not wanted; `lost`: broken, and being tried again. */
export type LinkState = "idle" | "connecting" | "live" | "lost";

export interface Listener {
  /** Where to go on with a job: `<epoch>:<seq>`. */
  cursor: (job: string) => string;
  /** Jobs that somebody looks at, which come first where not all can be followed. */
  onScreen: () => readonly string[];
  frame: (frame: Frame) => void;
  /** The gateway will not let us follow this job. */
  refused: (job: string, problem: Problem) => void;
}

const UNAUTHENTICATED = 4401;
const ANSWER_WITHIN = 5_000;
const NO_JOB = "00000000-0000-0000-0000-000000000000";
/** Sockets that fail in a row before events come over HTTP instead, and how many streams a browser spares for that. */
const FAILURES_BEFORE_STREAMS = 3;
const MOST_STREAMS = 4;
const TEMPORARY = new Set(["temporarily_unavailable", "retryable", "rate_limited"]);

/**
 * The one socket of this tab. It keeps following the jobs it was given, whatever the network does: every subscription
 * says where to go on, so being cut off costs nothing but the wait.
 */
export class Connection {
  readonly state = createStore<LinkState>("idle");
  readonly #listener: Listener;
  readonly #jobs = new Set<string>();
  readonly #streams = new Map<string, AbortController>();
  #socket: WebSocket | null = null;
  #wanted = false;
  /** Whether the gateway has greeted us: before that it takes nothing but a ticket. */
  #greeted = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #probe: ReturnType<typeof setTimeout> | undefined;
  #comeBackAfter: number | null = null;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Connect, and stay connected until the returned function is called. */
  open(): () => void {
    this.#wanted = true;
    addEventListener("online", this.#wake);
    addEventListener("offline", this.#wake);
    document.addEventListener("visibilitychange", this.#seen);
    this.#connect();
    return () => this.#close();
  }

  follow(job: string): void {
    this.#jobs.add(job);
    if (this.#isOpen()) this.#subscribe(job);
  }

  leave(job: string): void {
    this.#jobs.delete(job);
    this.#streams.get(job)?.abort();
    if (this.#isOpen()) this.#say({ type: "unsubscribe", job });
  }

  #close(): void {
    this.#wanted = false;
    removeEventListener("online", this.#wake);
    removeEventListener("offline", this.#wake);
    document.removeEventListener("visibilitychange", this.#seen);
    clearTimeout(this.#retry);
    clearTimeout(this.#probe);
    this.#endStreams();
    this.#socket?.close();
    this.#socket = null;
    this.#greeted = false;
    this.state.set("idle");
  }

  #connect(): void {
    clearTimeout(this.#retry);
    if (this.state.get() === "idle") this.state.set("connecting");
    this.#dial().catch((error: unknown) => {
      if (asProblem(error).status !== 401) this.#lost();
    });
  }

  /** A browser cannot send a token with a socket: it buys a ticket, which goes first. */
  async #dial(): Promise<void> {
    const ticket = bearer() ? (await body(api.POST("/v1/ws-ticket"))).ticket : null;
    if (!this.#wanted || this.#socket) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/ws`);
    this.#socket = socket;
    socket.onopen = () => {
      if (ticket) socket.send(JSON.stringify({ type: "auth", ticket }));
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket === this.#socket) this.#hear(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    };
  }

  #hear(text: string): void {
    clearTimeout(this.#probe);
    const frame = readFrame(text);
    if (!frame) return;
    if (frame.type === "hello") this.#welcomed();
    else if (frame.type === "reconnect") this.#comeBackAfter = frame.after_ms;
    else if (frame.type === "error") this.#complained(frame);
    else this.#listener.frame(frame);
  }

  #welcomed(): void {
    this.#greeted = true;
    this.#failures = 0;
    this.#endStreams();
    for (const job of this.#jobs) this.#subscribe(job);
    this.state.set("live");
  }

  #complained(error: Extract<Frame, { type: "error" }>): void {
    const job = subscribedJob(error.request);
    if (!job) return;
    if (TEMPORARY.has(error.code)) setTimeout(() => this.#jobs.has(job) && this.follow(job), backoff(2));
    else this.#listener.refused(job, new Problem(404, { title: titleOf(error.code), ...error }));
  }

  #closed(code: number): void {
    this.#socket = null;
    this.#greeted = false;
    clearTimeout(this.#probe);
    if (code === UNAUTHENTICATED) signOut("expired");
    else this.#lost();
  }

  #lost(): void {
    if (!this.#wanted) return;
    const wait = this.#comeBackAfter ?? backoff(this.#failures);
    this.#comeBackAfter = null;
    this.#failures += 1;
    if (this.#streams.size === 0) this.state.set("lost");
    if (this.#failures >= FAILURES_BEFORE_STREAMS) this.#beginStreams();
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  /** Something happened to the network, or to this tab: the socket may have died of it, or may live again. */
  readonly #wake = (): void => {
    if (this.#isOpen()) this.#check();
    else if (!this.#socket) this.#connect();
  };

  readonly #seen = (): void => {
    if (!document.hidden) this.#wake();
  };

  /** Ask for any answer; a socket that gives none is a dead one. */
  #check(): void {
    this.#say({ type: "unsubscribe", job: NO_JOB });
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => {
      const socket = this.#socket;
      this.#closed(0);
      socket?.close();
    }, ANSWER_WITHIN);
  }

  #subscribe(job: string): void {
    this.#say({ type: "subscribe", job, since: this.#listener.cursor(job) });
  }

  #isOpen(): boolean {
    return this.#greeted && this.#socket?.readyState === WebSocket.OPEN;
  }

  #say(frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #beginStreams(): void {
    // Ids grow with time: the newest jobs are the likeliest to have news.
    const newest = [...this.#jobs].sort().reverse();
    const wanted = new Set([...this.#listener.onScreen().filter((job) => this.#jobs.has(job)), ...newest]);
    for (const job of [...wanted].slice(0, MOST_STREAMS)) if (!this.#streams.has(job)) void this.#stream(job);
  }

  /** One job's events over HTTP. What goes wrong is left to the next try of the socket, which comes back here. */
  async #stream(job: string): Promise<void> {
    const aborting = new AbortController();
    this.#streams.set(job, aborting);
    try {
      for await (const frame of streamEvents(job, this.#listener.cursor(job), aborting.signal)) {
        this.state.set("live");
        this.#listener.frame(frame);
      }
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 404) this.#listener.refused(job, problem);
    } finally {
      if (this.#streams.get(job) === aborting) this.#streams.delete(job);
    }
  }

  #endStreams(): void {
    for (const stream of this.#streams.values()) stream.abort();
    this.#streams.clear();
  }
}

/** The job of the frame that an error is about, if that frame was a subscription. */
function subscribedJob(request: unknown): string | undefined {
  const said = request as { type?: unknown; job?: unknown } | null | undefined;
  return said?.type === "subscribe" && typeof said.job === "string" ? said.job : undefined;
}

function titleOf(code: string): string {
  return code === "not_found" ? "There is no such job" : "This job cannot be followed";
}
