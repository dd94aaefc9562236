import { api, type Schemas } from "@/api/client";

export interface Download {
  path: "/datasets/{dataset}/parquet" | "/deep-research/jobs/{job}/export";
  /** Of the dataset, or of the job. */
  id: string;
  format?: Schemas["Format"];
  /** What the file is called if the gateway does not say. */
  fallback: string;
}

/** Fetch a file and save it under the name the gateway gives it, which is returned. Throws a `Problem`. */
export async function download({ fallback, ...wanted }: Download): Promise<string> {
  const { data, response } = await fetched(wanted);
  const link = document.createElement("a");
  const address = URL.createObjectURL(data ?? new Blob());
  link.href = address;
  const name = filename(response.headers.get("Content-Disposition")) ?? fallback;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  return name;
}

async function fetched({ path, id, format }: Omit<Download, "fallback">): Promise<{ data?: Blob; response: Response }> {
  if (path === "/datasets/{dataset}/parquet")
    return api.GET(path, { params: { path: { dataset: id } }, parseAs: "blob" });
  return api.GET(path, { params: { path: { job: id }, query: { format } }, parseAs: "blob" });
}

/** The name in a Content-Disposition header; the encoded one (RFC 6266) if there is one. */
export function filename(disposition: string | null): string | undefined {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (encoded) return decoded(encoded);
  return /filename="([^"]+)"/i.exec(disposition ?? "")?.[1];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
