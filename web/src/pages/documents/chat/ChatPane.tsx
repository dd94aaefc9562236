import { getRouteApi } from "@tanstack/react-router";
import { MessageSquarePlus } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";

import { Button, ErrorNote, Skeleton } from "@/ui";

import type { Source } from "./answer";
import { ChatStart } from "./ChatStart";
import { Composer } from "./Composer";
import { useAsk, useConversation } from "./conversations";
import { MessageList } from "./MessageList";
import { EarlierTurn } from "./EarlierTurn";

const route = getRouteApi("/documents");

interface ChatPaneProps {
  draft: string;
  onDraft: (draft: string) => void;
  onUpload: () => void;
}

/** A conversation about the documents, or the beginning of one. */
export function ChatPane({ draft, onDraft, onUpload }: ChatPaneProps) {
  const { conversation } = route.useSearch();
  const navigate = route.useNavigate();
  const { turns, data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useConversation(conversation);
  const ask = useAsk();
  const input = useRef<HTMLTextAreaElement>(null);
  const [earlier, setEarlier] = useState<Source | null>(null);
  const { mutate } = ask;
  const loadOlder = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const actions = useMemo(
    () => ({
      askAgain: (query: string) => mutate({ query, conversation_id: conversation ?? null }),
      openSource: (source: Source) => {
        if (source.type === "chat_history" || source.document_id == null) {
          setEarlier(source);
          return;
        }
        const { document_id: document, version, start, end, page } = source;
        void navigate({
          search: {
            conversation,
            document,
            version: version ?? undefined,
            start: start ?? undefined,
            end: end ?? undefined,
            page: page ?? undefined,
          },
        });
      },
    }),
    [mutate, navigate, conversation],
  );
  const send = (query: string) => {
    onDraft("");
    mutate({ query, conversation_id: conversation ?? null }, { onError: () => onDraft(query) });
  };
  const suggest = (question: string) => {
    onDraft(question);
    input.current?.focus();
  };
  const latest = turns.at(-1);
  return (
    <section aria-label="Chat" className="flex h-full min-h-0 flex-col">
      <ChatHeader
        title={data?.pages[0]?.title}
        onNew={() => {
          void navigate({ search: {} });
          input.current?.focus();
        }}
      />
      {error ? (
        <div className="flex-1 p-4">
          <ErrorNote error={error} onRetry={() => void refetch()} />
        </div>
      ) : conversation === undefined ? (
        <ChatStart onSuggest={suggest} onUpload={onUpload} />
      ) : data ? (
        <MessageList
          key={conversation}
          turns={turns}
          actions={actions}
          hasOlder={hasNextPage}
          isLoadingOlder={isFetchingNextPage}
          loadOlder={loadOlder}
        />
      ) : (
        <Skeleton className="m-4 flex-1" label="Loading the conversation" />
      )}
      {ask.error && <ErrorNote error={ask.error} onRetry={() => mutate(ask.variables)} className="mx-4 mb-3" />}
      <Composer
        draft={draft}
        onDraft={onDraft}
        onSend={send}
        isSending={ask.isPending}
        latest={latest && !latest.answer ? latest.job : null}
        input={input}
      />
      {earlier && <EarlierTurn source={earlier} onClose={() => setEarlier(null)} />}
    </section>
  );
}

function ChatHeader({ title, onNew }: { title: string | undefined; onNew: () => void }) {
  return (
    <header className="flex items-center gap-3 border-b border-line px-4 py-2.5 sm:px-5">
      <h2 className="min-w-0 flex-1 truncate text-sm font-semibold">{title ?? "New conversation"}</h2>
      {title !== undefined && (
        <Button variant="ghost" size="sm" onClick={onNew}>
          <MessageSquarePlus aria-hidden />
          New
        </Button>
      )}
    </header>
  );
}
