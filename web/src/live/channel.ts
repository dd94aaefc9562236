import { z } from "zod";

const said = z.discriminatedUnion("type", [
  z.object({ type: z.literal("submitted"), job: z.string() }),
  z.object({ type: z.literal("answered"), question: z.string() }),
]);

export type Said = z.infer<typeof said>;

const channel = new BroadcastChannel("parley");

/** Tell the other tabs of this browser what the gateway would tell them a moment later. */
export function tellOtherTabs(what: Said): void {
  channel.postMessage(what);
}

export function hearOtherTabs(hear: (what: Said) => void): () => void {
  const receive = (event: MessageEvent<unknown>) => {
    const { data } = said.safeParse(event.data);
    if (data) hear(data);
  };
  channel.addEventListener("message", receive);
  return () => channel.removeEventListener("message", receive);
}
