import type { LinkState } from "@/live/connection";
import { useLink } from "@/live/hooks";
import { cn } from "@/lib/cn";
import { Tooltip } from "@/ui";

const STATES: Record<LinkState, { words: string; look: string }> = {
  idle: { words: "Not connected", look: "bg-line-strong" },
  connecting: { words: "Connecting", look: "bg-line-strong animate-pulse" },
  live: { words: "Live: events arrive as they happen", look: "bg-accent" },
  lost: { words: "Connection lost: trying again", look: "bg-warning animate-pulse" },
};

/** Whether events come in, said quietly. */
export function LinkDot() {
  const { words, look } = STATES[useLink()];
  return (
    <Tooltip text={words}>
      <button type="button" aria-label={words} className="grid size-10 place-items-center rounded-lg">
        <span aria-hidden className={cn("size-2 rounded-full", look)} />
      </button>
    </Tooltip>
  );
}
