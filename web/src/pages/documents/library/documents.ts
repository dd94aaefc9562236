import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { toast } from "sonner";

import { api, body, type Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useStore } from "@/lib/store";
import { useLive } from "@/live/context";
import { useSubmit } from "@/live/hooks";

import { settled } from "./settled";

export type Document = Schemas["Document"];
type Page = Schemas["DocumentPage"];
type Pages = InfiniteData<Page, string | undefined>;

const LIST = ["documents", "list"];

/** Your documents, newest first, page by page; of those that are worked on, what is known of their jobs by now. */
export function useDocuments() {
  const live = useLive();
  useStore(live.revision);
  const pages = useInfiniteQuery({
    queryKey: LIST,
    queryFn: ({ pageParam }) => body(api.GET("/api/upload", { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const listed = pages.data?.pages.flatMap((page) => page.documents) ?? [];
  return { ...pages, documents: listed.map((document) => settled(document, live.peek(document.task_id))) };
}

/** Show a document as the newest before the list says so itself. */
export function addDocument(queries: QueryClient, document: Document): void {
  changePages(queries, (page, at) => ({
    ...page,
    documents: [...(at === 0 ? [document] : []), ...page.documents.filter((known) => known.id !== document.id)],
  }));
}

/** Try a document again that failed. */
export function useRetryDocument() {
  const queries = useQueryClient();
  return useSubmit(async (document: Document, headers) => {
    const accepted = await body(
      api.POST("/api/upload/{document}/retry", { params: { path: { document: document.id }, header: headers } }),
    );
    void queries.invalidateQueries({ queryKey: LIST });
    return accepted.task_id;
  });
}

/** Delete a document for good; it leaves the list at once. */
export function useDeleteDocument() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (document: Document) =>
      body(api.DELETE("/api/upload/{document}", { params: { path: { document: document.id } } })),
    onSuccess: (_nothing, { id, filename }) => {
      changePages(queries, (page) => ({ ...page, documents: page.documents.filter((known) => known.id !== id) }));
      toast.success("Deleted", { description: filename });
    },
    onError: (error, { filename }) =>
      toast.error(`${filename} was not deleted`, { description: asProblem(error).message }),
    onSettled: () => queries.invalidateQueries({ queryKey: LIST }),
  });
}

function changePages(queries: QueryClient, change: (page: Page, at: number) => Page): void {
  queries.setQueryData<Pages>(LIST, (known) => known && { ...known, pages: known.pages.map(change) });
}
