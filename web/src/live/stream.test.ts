import { expect, test } from "vitest";

import { backoff } from "./backoff";
import { readFrame } from "./events";
import { messages } from "./stream";

function bytes(...chunks: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

async function all(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string[]> {
  const found: string[] = [];
  for await (const message of messages(stream)) found.push(message);
  return found;
}

test("messages are put together from whatever pieces the network makes of them", async () => {
  expect(await all(bytes("id: 1:1\nda", 'ta: {"a":1}\n', "\nid: 1:2\r\ndata: x\r\n\r\n"))).toEqual(['{"a":1}', "x"]);
});

test("comments and reconnection times are no messages", async () => {
  expect(await all(bytes(": ping\n\n", "retry: 500\n\n", "data: y\n\n"))).toEqual(["y"]);
});

test("a message cut off at the end of the stream is not taken for a whole one", async () => {
  expect(await all(bytes("data: whole\n\ndata: ha"))).toEqual(["whole"]);
});

test.each(["", "{", "null", "[]", '{"type":"job.exploded","job":"j","data":{}}', '{"type":"job.progress","job":"j"}'])(
  "%j is none of our frames",
  (text) => {
    expect(readFrame(text)).toBeUndefined();
  },
);

test("tries come further and further apart, up to a limit, and never all at once", () => {
  const longest = [0, 1, 2, 3, 10].map((failures) => backoff(failures, () => 1));
  const shortest = [0, 1, 2, 3, 10].map((failures) => backoff(failures, () => 0));
  expect(longest).toEqual([500, 1000, 2000, 4000, 15_000]);
  expect(shortest).toEqual(longest.map((wait) => wait / 2));
});
