import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { toast } from "sonner";
import { z } from "zod";

import { upload } from "@/api/upload";
import { useStore } from "@/lib/store";
import { useSubmit } from "@/live/hooks";
import { session } from "@/session/token";

import { addDocument } from "./documents";
import { type Sending, UploadQueue } from "./upload-queue";

const queue = new UploadQueue(3);
session.subscribe(() => queue.clear());

const accepted = z.object({
  id: z.string(),
  filename: z.string(),
  processing_status: z.enum(["pending", "processing", "completed", "failed"]),
  task_id: z.string(),
  uploaded_at: z.string(),
  version: z.number(),
  duplicate: z.boolean(),
});

/** Files on their way, and what can be done with them. */
export function useUploads() {
  const queries = useQueryClient();
  const submit = useSubmit(async ({ file, signal, onProgress }: Sending, headers) => {
    const { task_id, duplicate, ...known } = accepted.parse(
      await upload("/api/upload", file, { headers, signal, onProgress }),
    );
    if (duplicate) toast.info("You have this already", { description: `The same content is in ${known.filename}.` });
    else addDocument(queries, { ...known, ...UNREAD, task_id, media_type: file.type, size: file.size });
    void queries.invalidateQueries({ queryKey: ["documents", "list"] });
    return task_id;
  });
  const uploads = useStore(queue.uploads);
  const active = uploads.some(({ state }) => state !== "refused");
  useEffect(() => {
    if (!active) return;
    // Whatever is half sent when the tab closes is lost: the browser asks first.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [active]);
  return {
    uploads,
    add: (files: readonly File[]) => queue.add(files, submit.mutateAsync),
    retry: (id: string) => queue.retry(id, submit.mutateAsync),
    remove: (id: string) => queue.remove(id),
  };
}

const UNREAD = { processing_error: null, error_code: null, chunks: null, pages: null, characters: null, notes: [] };
