import { getRouteApi } from "@tanstack/react-router";
import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { toast } from "sonner";
import { z } from "zod";

import { api, body, type Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useSubmit } from "@/live/hooks";

import { turnsOf } from "./turns";

export type Conversation = Schemas["Conversation"];
type Details = Schemas["ConversationDetails"];

const LIST = ["conversations", "list"];
const one = (id: string | undefined) => ["conversations", "one", id];
const route = getRouteApi("/documents");

/** Your conversations, the newest first. */
export function useConversations() {
  const pages = useInfiniteQuery({
    queryKey: LIST,
    queryFn: ({ pageParam }) =>
      body(api.GET("/api/chat/conversations", { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return { ...pages, conversations: pages.data?.pages.flatMap((page) => page.conversations) ?? [] };
}

/** The turns of a conversation, oldest first; `fetchNextPage` gets older ones. */
export function useConversation(id: string | undefined) {
  const pages = useInfiniteQuery({
    queryKey: one(id),
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/chat/conversations/{conversation}", {
          params: { path: { conversation: id ?? "" }, query: { limit: 100, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: id !== undefined,
    // Jobs are followed as they happen; reading a long conversation again would be many requests for nothing.
    staleTime: 60_000,
  });
  const read = pages.data?.pages;
  const turns = useMemo(() => turnsOf(read ?? []), [read]);
  return { ...pages, turns };
}

export interface Asked {
  readonly query: string;
  readonly conversation_id: string | null;
}

const accepted = z.object({ job_id: z.string(), conversation_id: z.string() });

/** Ask in a conversation, or begin one, which is then opened. */
export function useAsk() {
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  return useSubmit(async (asked: Asked, headers) => {
    const answer = await body(
      api.POST("/api/chat", {
        body: { ...asked, priority: "interactive" },
        params: { header: { ...headers, prefer: "respond-async" } },
      }),
    );
    const { job_id, conversation_id: conversation } = accepted.parse(answer);
    addTurn(queries, conversation, { job: job_id, query: asked.query, isFirst: asked.conversation_id === null });
    if (asked.conversation_id === null) void navigate({ search: (search) => ({ ...search, conversation }) });
    void queries.invalidateQueries({ queryKey: LIST });
    return job_id;
  });
}

/** Delete a conversation and what is remembered of it. */
export function useDeleteConversation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ conversation_id: conversation }: Conversation) =>
      body(api.DELETE("/api/chat/conversations/{conversation}", { params: { path: { conversation } } })),
    onSuccess: (_nothing, { conversation_id, title }) => {
      queries.removeQueries({ queryKey: one(conversation_id) });
      toast.success("Deleted", { description: title });
    },
    onError: (error) => toast.error("The conversation was not deleted", { description: asProblem(error).message }),
    onSettled: () => queries.invalidateQueries({ queryKey: LIST }),
  });
}

interface NewTurn {
  job: string;
  query: string;
  isFirst: boolean;
}

/** Show a question as the newest of its conversation before that is read again. */
function addTurn(queries: QueryClient, id: string, { job, query, isFirst }: NewTurn): void {
  const now = new Date().toISOString();
  const asked = { role: "user" as const, content: query, job_id: job, status: "pending" as const, created_at: now };
  const begun = {
    conversation_id: id,
    title: query,
    created_at: now,
    updated_at: now,
    messages: [],
    next_cursor: null,
  };
  queries.setQueryData<InfiniteData<Details, string | undefined>>(one(id), (known) => {
    const { pages, pageParams } = known ?? { pages: isFirst ? [begun] : [], pageParams: [undefined] };
    const [newest, ...older] = pages;
    return newest && { pages: [{ ...newest, messages: [...newest.messages, asked] }, ...older], pageParams };
  });
}
