import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { toast } from "sonner";

import { asProblem } from "@/api/problem";
import { Button } from "@/ui";

import { download, type Download } from "./download";

/** Fetches a file with the session's token, which a plain link could not carry, and hands it to the browser. */
export function DownloadButton({ children, ...file }: Download & { children: ReactNode }) {
  const fetching = useDownload();
  return (
    <Button size="sm" busy={fetching.isPending} onClick={() => fetching.mutate(file)}>
      {children}
    </Button>
  );
}

export function useDownload() {
  return useMutation<string, Error, Download>({
    mutationFn: download,
    onError: (error) => {
      const { title, detail } = asProblem(error);
      toast.error(title, { description: detail });
    },
  });
}
