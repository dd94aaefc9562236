import { describe, expect, it } from "vitest";

import { Problem } from "@/api/problem";

import { type Sending, UploadQueue } from "./upload-queue";

interface Sent {
  sending: Sending;
  accept: () => void;
  refuse: (error: Error) => void;
}

function harness() {
  const sent: Sent[] = [];
  const send = (sending: Sending) =>
    new Promise<void>((accept, refuse) => {
      sent.push({ sending, accept, refuse });
    });
  const queue = new UploadQueue(2);
  const states = () => queue.uploads.get().map(({ file, state }) => `${file.name} ${state}`);
  return { queue, send, sent, states, settled: () => new Promise((resolve) => setTimeout(resolve)) };
}

const files = (...names: string[]) => names.map((name) => new File(["text"], name));

describe("uploads", () => {
  it("go two at a time, in the order in which they were added, and leave when they are accepted", async () => {
    const { queue, send, sent, states, settled } = harness();
    queue.add(files("a", "b", "c"), send);
    expect(states()).toEqual(["a sending", "b sending", "c waiting"]);
    sent[0]!.accept();
    await settled();
    expect(states()).toEqual(["b sending", "c sending"]);
  });

  it("stay when they are refused, say why, and are tried again as the very same sending", async () => {
    const { queue, send, sent, settled } = harness();
    queue.add(files("a"), send);
    sent[0]!.sending.onProgress(0.5);
    sent[0]!.refuse(new Problem(415, { title: "Unsupported", detail: "No archives." }));
    await settled();
    const [refused] = queue.uploads.get();
    expect([refused?.state, refused?.sent, refused?.problem?.detail]).toEqual(["refused", 0.5, "No archives."]);
    queue.retry(refused!.id, send);
    expect(queue.uploads.get()[0]).toMatchObject({ state: "sending", sent: 0, problem: null });
    expect(sent[1]!.sending).toBe(sent[0]!.sending);
  });

  it("that are removed are stopped, and make room for the next", () => {
    const { queue, send, sent, states } = harness();
    queue.add(files("a", "b", "c"), send);
    queue.remove(queue.uploads.get()[0]!.id);
    expect(sent[0]!.sending.signal.aborted).toBe(true);
    expect(states()).toEqual(["b sending", "c sending"]);
  });
});
