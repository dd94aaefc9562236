import { Check, Minus, Plus } from "lucide-react";

import { Card } from "@/ui";

import type { Enhanced } from "./enhanced";

type Item = Enhanced["checklist"][number];

/** Which elements of a good prompt there are now, and which of them are new. */
export function Checklist({ checks }: { checks: readonly Item[] }) {
  if (checks.length === 0) return null;
  const before = checks.filter((check) => check.before).length;
  const after = checks.filter((check) => check.after).length;
  return (
    <Card title="What a good prompt has" description={`${after} of ${checks.length} now, ${before} before.`}>
      <ul className="grid gap-2 sm:grid-cols-2">
        {checks.map((check) => (
          <Element key={check.element} {...check} />
        ))}
      </ul>
    </Card>
  );
}

function Element({ element, before, after }: Item) {
  const state = !after ? "missing" : before ? "was there" : "new";
  const Icon = { missing: Minus, "was there": Check, new: Plus }[state];
  return (
    <li className="flex items-center gap-2.5 rounded-xl bg-sunken px-3 py-2 text-sm">
      <Icon aria-hidden className={after ? "size-4 shrink-0 text-success" : "size-4 shrink-0 text-muted"} />
      <span className="flex-1 capitalize">{element}</span>
      <span className="text-xs text-muted">{state}</span>
    </li>
  );
}
