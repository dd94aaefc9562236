import { type ReactNode, useEffect, useRef } from "react";

import { Textarea } from "@/ui";

import type { Part } from "./plan";

interface PlanPartProps {
  part: Part;
  number: number;
  longest: number;
  /** It was added just now, so it is where the words go. */
  isNew: boolean;
  onReword: (text: string) => void;
  /** Buttons. */
  children: ReactNode;
}

export function PlanPart({ part, number, longest, isNew, onReword, children }: PlanPartProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (isNew) field.current?.focus();
    // Only when it appears.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <li className="flex flex-wrap items-start gap-2 sm:flex-nowrap">
      <span aria-hidden className="mt-2 w-5 shrink-0 text-right text-sm text-muted tabular-nums">
        {number}.
      </span>
      <Textarea
        ref={field}
        aria-label={`Part ${number}`}
        value={part.text}
        onChange={(event) => onReword(event.target.value)}
        maxLength={longest}
        rows={1}
        className="min-h-10 max-sm:w-[calc(100%-1.75rem)] sm:flex-1"
      />
      <div className="flex shrink-0 max-sm:ml-7">{children}</div>
    </li>
  );
}
