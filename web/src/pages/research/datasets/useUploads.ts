import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { z } from "zod";

import { asProblem, type Problem } from "@/api/problem";
import { upload } from "@/api/upload";
import { useLive } from "@/live/context";

import { DATASETS } from "./queries";

const LIST = [...DATASETS, "list"];
const accepted = z.object({ dataset_id: z.string(), job_id: z.string() });

/** A file on its way to the gateway. One that has arrived is a dataset, and no upload any more. */
export interface Upload {
  readonly key: string;
  readonly file: File;
  readonly fraction: number;
  readonly problem: Problem | null;
  readonly stop: () => void;
}

/** Files that are being sent, and those that were refused until they are dismissed or sent again. */
export function useUploads(onArrived: (dataset: string) => void) {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const queries = useQueryClient();
  const live = useLive();

  const change = useCallback(
    (key: string, changed: Partial<Upload>) =>
      setUploads((known) => known.map((each) => (each.key === key ? { ...each, ...changed } : each))),
    [],
  );
  const dismiss = useCallback((key: string) => setUploads((known) => known.filter((each) => each.key !== key)), []);

  const send = useCallback(
    async (file: File, key: string, signal: AbortSignal) => {
      try {
        const answer = await upload("/datasets", file, {
          // The same for every try to send the same file, so that it counts once.
          headers: { "Idempotency-Key": key },
          signal,
          onProgress: (fraction) => change(key, { fraction }),
        });
        const { dataset_id, job_id } = accepted.parse(answer);
        live.watch(job_id, { fresh: true });
        // A list that is still on its way was asked for before, and a first one is not asked for twice.
        await queries.cancelQueries({ queryKey: LIST });
        await queries.invalidateQueries({ queryKey: LIST });
        dismiss(key);
        onArrived(dataset_id);
      } catch (error) {
        if (signal.aborted) dismiss(key);
        else change(key, { problem: asProblem(error) });
      }
    },
    [change, dismiss, live, onArrived, queries],
  );

  const add = (files: readonly File[]) => {
    for (const file of files) begin(file, crypto.randomUUID());
  };
  const begin = (file: File, key: string) => {
    const stopping = new AbortController();
    const upload = { key, file, fraction: 0, problem: null, stop: () => stopping.abort() };
    setUploads((known) => [upload, ...known.filter((each) => each.key !== key)]);
    void send(file, key, stopping.signal);
  };
  const retry = ({ file, key, problem }: Upload) => begin(file, problem?.temporary ? key : crypto.randomUUID());
  return { uploads, add, retry, dismiss };
}
