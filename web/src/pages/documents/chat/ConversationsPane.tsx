import { getRouteApi, Link } from "@tanstack/react-router";
import { MessagesSquare, Trash2 } from "lucide-react";
import { useState } from "react";

import { useNow } from "@/lib/clock";
import { formatAge } from "@/lib/format";
import { Button, Confirm, EmptyState, ErrorNote, Skeleton, Tooltip } from "@/ui";

import { type Conversation, useConversations, useDeleteConversation } from "./conversations";

const route = getRouteApi("/documents");

/** Your conversations, to go on with or delete. */
export function ConversationsPane({ onOpen }: { onOpen: () => void }) {
  const { conversation: open } = route.useSearch();
  const navigate = route.useNavigate();
  const { conversations, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useConversations();
  const remove = useDeleteConversation();
  const [leaving, setLeaving] = useState<Conversation | null>(null);
  if (isPending) return <Skeleton className="h-40" label="Loading your conversations" />;
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (conversations.length === 0) return <NoConversations />;
  const forget = (conversation: Conversation) => {
    if (conversation.conversation_id === open) void navigate({ search: {} });
    remove.mutate(conversation);
  };
  return (
    <>
      <ul aria-label="Conversations" className="flex flex-col gap-0.5">
        {conversations.map((conversation) => (
          <ConversationRow
            key={conversation.conversation_id}
            conversation={conversation}
            onOpen={onOpen}
            onDelete={() => setLeaving(conversation)}
          />
        ))}
      </ul>
      {hasNextPage && (
        <div className="mt-3 flex justify-center">
          <Button size="sm" onClick={() => void fetchNextPage()} busy={isFetchingNextPage}>
            Show older conversations
          </Button>
        </div>
      )}
      <Confirm
        open={leaving !== null}
        onOpenChange={(isOpen) => !isOpen && setLeaving(null)}
        title="Delete this conversation?"
        description={`“${leaving?.title ?? ""}” and what is remembered of it are removed for good.`}
        action="Delete it"
        onConfirm={() => leaving && forget(leaving)}
      />
    </>
  );
}

interface ConversationRowProps {
  conversation: Conversation;
  onOpen: () => void;
  onDelete: () => void;
}

function ConversationRow({ conversation, onOpen, onDelete }: ConversationRowProps) {
  const now = useNow();
  const { conversation_id, title, updated_at } = conversation;
  return (
    <li className="flex items-center gap-1 rounded-lg pr-1 hover:bg-sunken has-aria-[current=page]:bg-accent-soft">
      <Link
        to="/documents"
        search={{ conversation: conversation_id }}
        onClick={onOpen}
        className="min-w-0 flex-1 rounded-lg px-2 py-2"
      >
        <span className="block truncate text-sm font-medium">{title}</span>
        <span className="block text-xs text-muted">{formatAge(updated_at, now)}</span>
      </Link>
      <Tooltip text="Delete">
        <Button variant="ghost" size="icon-sm" aria-label={`Delete ${title}`} onClick={onDelete}>
          <Trash2 aria-hidden className="text-muted" />
        </Button>
      </Tooltip>
    </li>
  );
}

function NoConversations() {
  return (
    <EmptyState icon={MessagesSquare} title="No conversations yet">
      Ask something, and the conversation is kept here to go on with.
    </EmptyState>
  );
}
