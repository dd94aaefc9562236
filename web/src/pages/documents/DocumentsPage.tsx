import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { PageHeader, Tabs } from "@/ui";

import { ChatPane } from "./chat/ChatPane";
import { ConversationsPane } from "./chat/ConversationsPane";
import { LibraryPane } from "./library/LibraryPane";
import { useDrop } from "./library/useDrop";
import { useUploads } from "./library/useUploads";
import { DocumentDialog } from "./passage/DocumentDialog";
import { useWide } from "./useWide";

const route = getRouteApi("/documents");
type Pane = "chat" | "documents" | "conversations";

/** Your documents, and a chat that answers from them: side by side where there is room, else one at a time. */
export function DocumentsPage() {
  const { document, conversation } = route.useSearch();
  const isWide = useWide();
  const uploads = useUploads();
  const [pane, setPane] = useState<Pane>(conversation ? "chat" : "documents");
  const [draft, setDraft] = useState("");
  const { isOver, target } = useDrop((files) => {
    setPane("documents");
    uploads.add(files);
  });
  const tabs = [
    { id: "documents", label: "Documents", content: <LibraryPane isOver={isOver} uploads={uploads} /> },
    { id: "conversations", label: "Conversations", content: <ConversationsPane onOpen={() => setPane("chat")} /> },
  ];
  const chat = (
    <div className="h-[calc(100dvh-var(--taken))] min-h-96 overflow-hidden rounded-2xl border border-line bg-raised shadow-raised [--taken:19rem] sm:[--taken:18.5rem] lg:sticky lg:top-20 lg:[--taken:13.5rem]">
      <ChatPane draft={draft} onDraft={setDraft} onUpload={() => setPane("documents")} />
    </div>
  );
  return (
    <div {...target} className="max-sm:[&>header]:mb-2">
      <PageHeader
        title="Documents"
        description={
          <span className="max-sm:hidden">Upload them, ask about them, and see where each answer stands.</span>
        }
      />
      {isWide ? (
        <div className="grid grid-cols-[22rem_minmax(0,1fr)] items-start gap-6">
          <Tabs
            label="Documents and conversations"
            tabs={tabs}
            value={pane === "chat" ? "documents" : pane}
            onChange={(id) => setPane(id === "conversations" ? "conversations" : "documents")}
          />
          {chat}
        </div>
      ) : (
        <Tabs
          label="Chat, documents and conversations"
          tabs={[{ id: "chat", label: "Chat", content: chat }, ...tabs]}
          value={pane}
          onChange={(id) => setPane(id === "chat" || id === "conversations" ? id : "documents")}
        />
      )}
      {document && <DocumentDialog id={document} />}
    </div>
  );
}
