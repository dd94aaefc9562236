import { problemOf } from "@/api/problem";
import { bearer } from "@/session/token";

import { type Frame, readFrame } from "./events";

/**
 * One job's events as Server-Sent Events, for networks that let no socket through. Ends when the gateway ends it, which
 * it does behind the job's final event. `fetch` instead of `EventSource`, which cannot send a token.
 */
export async function* streamEvents(job: string, cursor: string, signal: AbortSignal): AsyncGenerator<Frame> {
  const token = bearer();
  const response = await fetch(`/v1/jobs/${job}/events`, {
    headers: { Accept: "text/event-stream", "Last-Event-ID": cursor, ...(token ? { Authorization: token } : {}) },
    signal,
  });
  if (!response.ok) throw await problemOf(response);
  if (!response.body) return;
  for await (const data of messages(response.body)) {
    const frame = readFrame(data);
    if (frame) yield frame;
  }
}

/** The data of each message of an event stream. */
export async function* messages(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = bytes.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const parts = (pending + chunk.value).split(/\r?\n\r?\n/);
    pending = parts.pop() ?? "";
    for (const part of parts) {
      const lines = part.split(/\r?\n/).filter((line) => line.startsWith("data:"));
      if (lines.length > 0) yield lines.map((line) => line.slice(5).replace(/^ /, "")).join("\n");
    }
  }
}
