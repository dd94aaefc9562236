import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body, type Schemas } from "@/api/client";

export type Dataset = Schemas["Dataset"];
export type DatasetDetails = Schemas["DatasetDetails"];
export type Profile = Schemas["Profile"];
export type Column = Schemas["Column"];

export const DATASETS = ["datasets"];

export const isLoading = ({ status }: { status: Dataset["status"] }): boolean =>
  status === "pending" || status === "processing";

/** Your datasets, newest first, page by page. */
export const datasetsQuery = infiniteQueryOptions({
  queryKey: [...DATASETS, "list"],
  queryFn: ({ pageParam }) => body(api.GET("/datasets", { params: { query: { limit: 50, cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** One dataset with its profile. */
export const datasetQuery = (dataset: string) =>
  queryOptions({
    queryKey: [...DATASETS, "one", dataset],
    queryFn: () => body(api.GET("/datasets/{dataset}", { params: { path: { dataset } } })),
  });

export function useDeleteDataset() {
  const queries = useQueryClient();
  return useMutation<unknown, Error, string>({
    mutationFn: (dataset) => body(api.DELETE("/datasets/{dataset}", { params: { path: { dataset } } })),
    onSuccess: (_gone, dataset) => {
      queries.removeQueries({ queryKey: [...DATASETS, "one", dataset] });
      return queries.invalidateQueries({ queryKey: [...DATASETS, "list"] });
    },
  });
}
