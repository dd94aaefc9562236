import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Field, Select, STATUSES } from "@/ui";

import { datasetsQuery } from "../datasets/queries";
import type { PastFilter } from "./queries";

const route = getRouteApi("/research/{-$job}");

const SHOWN = ["pending", "running", "completed", "failed", "cancelled"] as const;

/** What is chosen here is in the address, so it outlives a reload. */
export function PastFilters({ about, status }: PastFilter) {
  const navigate = route.useNavigate();
  const { data } = useInfiniteQuery(datasetsQuery);
  const choose = (changed: PastFilter) =>
    void navigate({ search: (search) => ({ ...search, ...changed }), replace: true });
  return (
    <form role="search" aria-label="Filter questions" className="mb-3 grid grid-cols-2 gap-3">
      <Field label="Table">
        <Select value={about ?? ""} onChange={(event) => choose({ about: event.target.value || undefined })}>
          <option value="">All</option>
          {data?.pages
            .flatMap((page) => page.datasets)
            .map(({ dataset_id, name }) => (
              <option key={dataset_id} value={dataset_id}>
                {name}
              </option>
            ))}
        </Select>
      </Field>
      <Field label="Status">
        <Select
          value={status ?? ""}
          onChange={(event) => choose({ status: SHOWN.find((shown) => shown === event.target.value) })}
        >
          <option value="">All</option>
          {SHOWN.map((shown) => (
            <option key={shown} value={shown}>
              {STATUSES[shown].label}
            </option>
          ))}
        </Select>
      </Field>
    </form>
  );
}
