import { Link } from "@tanstack/react-router";

import { Button, Dialog } from "@/ui";

import type { Source } from "./answer";

/** What was said earlier and is cited now. */
export function EarlierTurn({ source, onClose }: { source: Source; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Earlier in your conversations"
      footer={
        source.conversation_id && (
          <Button asChild size="sm">
            <Link to="/documents" search={{ conversation: source.conversation_id }} onClick={onClose}>
              Open that conversation
            </Link>
          </Button>
        )
      }
    >
      <blockquote className="border-l-2 border-accent pl-4 text-sm leading-6 wrap-anywhere whitespace-pre-wrap">
        {source.quote}
      </blockquote>
    </Dialog>
  );
}
