import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { memo, useLayoutEffect, useRef, useState } from "react";

import { useLive } from "@/live/context";
import { hasEnded } from "@/live/job";
import { Button, Skeleton } from "@/ui";

import { type TurnActions, TurnView } from "./Turn";
import type { Turn } from "./turns";

interface MessageListProps {
  turns: readonly Turn[];
  actions: TurnActions;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  loadOlder: () => void;
}

/** How near an edge counts as there, in pixels: older turns come before they are reached, and new text is followed. */
const NEAR_TOP = 1_500;
const NEAR_END = 80;

/**
 * The turns of a conversation, of which only those on the screen are rendered. Whoever reads the end follows what is
 * written; whoever reads further up stays where they are, also when older turns come in above.
 */
export const MessageList = memo(function MessageList(props: MessageListProps) {
  const { turns, actions, hasOlder, isLoadingOlder, loadOlder } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const live = useLive();
  const last = turns.at(-1);
  const latest = last?.job;
  const job = last && !last.answer ? live.peek(last.job) : undefined;
  const isWriting = last !== undefined && !last.answer && !(job && hasEnded(job));
  const [isAtEnd, setAtEnd] = useState(true);
  const list = useVirtualizer({
    count: turns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 240,
    getItemKey: (at) => turns[at]?.job ?? at,
    overscan: 3,
    gap: 28,
    paddingStart: 20,
    paddingEnd: 20,
    anchorTo: "end",
    followOnAppend: true,
    // What is written is followed; what somebody opens is not, or it would move away from under them.
    scrollEndThreshold: isWriting ? NEAR_END : -1,
  });
  // Whoever asks wants to see the answer, wherever they were.
  useLayoutEffect(() => list.scrollToEnd(), [list, latest]);
  const scrolled = (element: HTMLDivElement) => {
    setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR_END);
    if (element.scrollTop < NEAR_TOP && hasOlder && !isLoadingOlder) loadOlder();
  };
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="region"
        aria-label="Messages"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable without a mouse
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain px-4 -outline-offset-2 [overflow-anchor:none] sm:px-5"
        onScroll={(event) => scrolled(event.currentTarget)}
      >
        <ol className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, key, start }) => {
            const turn = turns[index];
            return (
              <li
                key={key}
                ref={list.measureElement}
                data-index={index}
                aria-posinset={index + 1}
                aria-setsize={hasOlder ? -1 : turns.length}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                {turn && <TurnView turn={turn} actions={actions} />}
              </li>
            );
          })}
        </ol>
      </div>
      {isLoadingOlder && <Skeleton className="absolute inset-x-4 top-2 h-2" label="Loading earlier messages" />}
      {!isAtEnd && (
        <Button
          size="sm"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-floating"
          onClick={() => list.scrollToEnd()}
        >
          <ArrowDown aria-hidden />
          To the latest
        </Button>
      )}
    </div>
  );
});
