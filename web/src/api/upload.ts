import { bearer, signOut } from "@/session/token";

import { Problem, UNREACHABLE } from "./problem";

interface UploadOptions {
  /** `POST` unless said otherwise. */
  method?: "POST" | "PUT";
  /** Further fields of the form. */
  fields?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** Called with how much of the file has been sent, from 0 to 1. */
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
}

/**
 * Send a file as the form field `file` and return the JSON that came back, to be read with a schema. It is the one
 * request that is not `fetch`, which cannot say how far it has come. Throws a `Problem`, or the signal's reason.
 */
export function upload(path: string, file: File, options: UploadOptions = {}): Promise<unknown> {
  const { method = "POST", fields = {}, headers = {}, onProgress, signal } = options;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  const token = bearer();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    if (token) request.setRequestHeader("Authorization", token);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 401 && token) signOut("expired");
      const answer = parsed(request.responseText);
      if (request.status < 300) resolve(answer);
      else reject(new Problem(request.status, answer));
    };
    request.onerror = () => reject(new Problem(0, UNREACHABLE));
    request.onabort = () =>
      reject(signal?.reason instanceof Error ? signal.reason : new DOMException("", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) request.onabort(new ProgressEvent("abort"));
    else request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
