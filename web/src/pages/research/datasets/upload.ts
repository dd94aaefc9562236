import { z } from "zod";

import { Problem, UNREACHABLE } from "@/api/problem";
import { bearer, signOut } from "@/session/token";

const accepted = z.object({ dataset_id: z.string(), job_id: z.string(), name: z.string() });

export type Accepted = z.infer<typeof accepted>;

interface UploadOptions {
  /** The same for every try to send the same file, so that it counts once. */
  key: string;
  /** How much has been sent, from 0 to 1. */
  onProgress: (fraction: number) => void;
  signal: AbortSignal;
}

/** Upload a table. `fetch` does not tell how far an upload is, so this is an older request. Throws a `Problem`. */
export function uploadDataset(file: File, { key, onProgress, signal }: UploadOptions): Promise<Accepted> {
  const { promise, resolve, reject } = Promise.withResolvers<Accepted>();
  const request = new XMLHttpRequest();
  request.open("POST", "/datasets");
  request.setRequestHeader("Idempotency-Key", key);
  const token = bearer();
  if (token) request.setRequestHeader("Authorization", token);
  request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
  request.onerror = () => reject(new Problem(0, UNREACHABLE));
  request.onabort = () => reject(new Problem(-1, { title: "The upload was stopped", detail: "", code: "aborted" }));
  request.onload = () => {
    const answer = json(request.responseText);
    const read = accepted.safeParse(answer).data;
    if (request.status === 401 && token) signOut("expired");
    if (request.status < 300 && read) resolve(read);
    else reject(new Problem(request.status, answer));
  };
  signal.addEventListener("abort", () => request.abort());
  const form = new FormData();
  form.append("file", file);
  request.send(form);
  return promise;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
