import { getRouteApi } from "@tanstack/react-router";

import { KIND_NAMES, kindLabel } from "@/app/sections";
import type { JobFilter } from "@/live/hooks";
import { Field, Select, STATUSES } from "@/ui";

const route = getRouteApi("/jobs/{-$job}");

/** What is chosen here is in the address, so it outlives a reload and can be shared. */
export function Filters({ kind, status }: JobFilter) {
  const navigate = route.useNavigate();
  const choose = (changed: Record<string, string>) =>
    void navigate({ search: (search) => ({ ...search, ...emptyAsUnset(changed) }), replace: true });
  return (
    <form role="search" aria-label="Filter jobs" className="mb-4 grid max-w-lg grid-cols-2 gap-3">
      <Field label="Kind">
        <Select value={kind ?? ""} onChange={(event) => choose({ kind: event.target.value })}>
          <option value="">All</option>
          {KIND_NAMES.map((name) => (
            <option key={name} value={name}>
              {kindLabel(name)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Status">
        <Select value={status ?? ""} onChange={(event) => choose({ status: event.target.value })}>
          <option value="">All</option>
          {Object.entries(STATUSES).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
    </form>
  );
}

function emptyAsUnset(chosen: Record<string, string>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(chosen).map(([name, value]) => [name, value || undefined]));
}
