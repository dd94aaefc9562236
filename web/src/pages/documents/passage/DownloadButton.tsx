import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { toast } from "sonner";

import { api, body } from "@/api/client";
import { asProblem } from "@/api/problem";
import { Button } from "@/ui";

/** Saves the file as it was uploaded. A plain link would not say who asks for it. */
export function DownloadButton({ id, filename }: { id: string; filename: string }) {
  const download = useMutation({
    mutationFn: () =>
      body<unknown>(api.GET("/api/upload/{document}/file", { params: { path: { document: id } }, parseAs: "blob" })),
    onSuccess: (file) => file instanceof Blob && save(file, filename),
    onError: (error) => toast.error("The file was not downloaded", { description: asProblem(error).message }),
  });
  return (
    <Button size="sm" busy={download.isPending} onClick={() => download.mutate()}>
      {!download.isPending && <Download aria-hidden />}
      Download the file
    </Button>
  );
}

function save(file: Blob, filename: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
