import { ArrowUp, Square } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect } from "react";
import { toast } from "sonner";

import { asProblem } from "@/api/problem";
import { formatNumber } from "@/lib/format";
import { useCancel, useJob } from "@/live/hooks";
import { hasEnded } from "@/live/job";
import { Button, Tooltip } from "@/ui";

/** What the gateway takes. */
const LONGEST = 8_000;

interface ComposerProps {
  draft: string;
  onDraft: (draft: string) => void;
  onSend: (question: string) => void;
  isSending: boolean;
  /** The job of the latest question, if its answer was not complete when it was read. */
  latest: string | null;
  input: RefObject<HTMLTextAreaElement | null>;
}

/** Where questions are written. Enter sends, Shift and Enter break the line, Escape stops the answer. */
export function Composer({ draft, onDraft, onSend, isSending, latest, input }: ComposerProps) {
  const { isRunning, isStopping, stop } = useRunning(latest);
  const question = draft.trim();
  const tooLong = question.length > LONGEST;
  const canSend = question !== "" && !tooLong && !isRunning && !isSending;
  const pressed = (event: KeyboardEvent) => {
    // Enter also ends the composition of a character.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (canSend) onSend(question);
  };
  return (
    <form
      className="border-t border-line p-3 sm:p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) onSend(question);
      }}
    >
      <div className="flex items-end gap-2 rounded-2xl border border-line-strong bg-raised p-1.5 focus-within:outline-2 focus-within:outline-accent">
        <textarea
          ref={input}
          rows={1}
          value={draft}
          aria-label="Question"
          aria-describedby="composer-hint"
          aria-invalid={tooLong || undefined}
          placeholder="Ask about your documents"
          className="field-sizing-content max-h-48 min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2.5 py-1.5 text-base leading-6 outline-none placeholder:text-muted sm:text-sm"
          onChange={(event) => onDraft(event.target.value)}
          onKeyDown={pressed}
        />
        {isRunning ? (
          <Tooltip text="Stop (Escape)">
            <Button size="icon" className="size-9" aria-label="Stop the answer" busy={isStopping} onClick={stop}>
              {!isStopping && <Square aria-hidden className="fill-current" />}
            </Button>
          </Tooltip>
        ) : (
          <Button
            type="submit"
            variant="primary"
            size="icon"
            className="size-9"
            aria-label="Send"
            busy={isSending}
            disabled={!canSend}
          >
            {!isSending && <ArrowUp aria-hidden />}
          </Button>
        )}
      </div>
      <p
        id="composer-hint"
        className={tooLong ? "mt-1.5 px-2 text-xs text-danger" : "mt-1.5 px-2 text-xs text-muted max-sm:sr-only"}
      >
        {tooLong
          ? `A question has at most ${formatNumber(LONGEST)} characters; this one has ${formatNumber(question.length)}.`
          : "Enter sends, Shift + Enter breaks the line, Escape stops an answer."}
      </p>
    </form>
  );
}

/** Whether an answer is being written, and how to stop it: what there is of it is kept. */
function useRunning(latest: string | null) {
  const { job } = useJob(latest);
  const cancel = useCancel();
  const isRunning = latest !== null && (job === undefined || !hasEnded(job));
  const { mutate } = cancel;
  const stop = () => {
    if (latest === null) return;
    mutate(latest, {
      onError: (error) => {
        const problem = asProblem(error);
        // It came to its end just before.
        if (problem.status !== 409) toast.error("The answer was not stopped", { description: problem.message });
      },
    });
  };
  useEffect(() => {
    if (!isRunning) return;
    const pressed = (event: globalThis.KeyboardEvent) => {
      // A dialog or menu that is open takes the key for itself.
      if (event.key === "Escape" && !event.defaultPrevented) stop();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
  return { isRunning, isStopping: cancel.isPending, stop };
}
