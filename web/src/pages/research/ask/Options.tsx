import { ChevronRight } from "lucide-react";
import { Collapsible } from "radix-ui";
import { useState } from "react";

import type { Problem } from "@/api/problem";
import { Badge, Button, Field, Input, Switch } from "@/ui";

import { chosenOptions, type Draft } from "./request";
import { WhenFields } from "./WhenFields";

interface OptionsProps {
  draft: Draft;
  onChange: (changed: Partial<Draft>) => void;
  problem: Problem | null;
}

/** What most questions need not say, behind a disclosure that tells how much of it was said. */
export function Options({ draft, onChange, problem }: OptionsProps) {
  const [isOpen, setIsOpen] = useState(false);
  const chosen = chosenOptions(draft);
  return (
    <Collapsible.Root open={isOpen} onOpenChange={setIsOpen}>
      <Collapsible.Trigger asChild>
        <Button variant="ghost" size="sm" className="-ml-3">
          <ChevronRight aria-hidden className={isOpen ? "rotate-90 transition-transform" : "transition-transform"} />
          Options
          {chosen > 0 && <Badge tone="accent">{chosen} chosen</Badge>}
        </Button>
      </Collapsible.Trigger>
      <Collapsible.Content className="mt-3 flex flex-col gap-5 border-l-2 border-line pl-4">
        <Switch
          label="Write a long analysis"
          hint="Adds a seventh stage that says more about what was found."
          checked={draft.verbose}
          onChange={(verbose) => onChange({ verbose })}
        />
        <Switch
          label="Show me the plan first"
          hint="Parley stops and lets you change its questions before any query runs."
          checked={draft.reviewPlan}
          onChange={(reviewPlan) => onChange({ reviewPlan })}
        />
        <Switch
          label="No hurry"
          hint="Waits in the second queue, behind questions that somebody sits in front of."
          checked={draft.batch}
          onChange={(batch) => onChange({ batch })}
        />
        <WhenFields draft={draft} onChange={onChange} problem={problem} />
        <Field label="Tell an address on the web" hint="when it ends" error={problem?.about("webhook_url")}>
          <Input
            type="url"
            inputMode="url"
            value={draft.webhook}
            onChange={(event) => onChange({ webhook: event.target.value })}
            placeholder="https://example.org/hooks/parley"
          />
        </Field>
        <Field label="Send an e-mail to" hint="when it ends" error={problem?.about("notify_email")}>
          <Input
            type="email"
            value={draft.email}
            onChange={(event) => onChange({ email: event.target.value })}
            placeholder="you@example.org"
            maxLength={254}
          />
        </Field>
      </Collapsible.Content>
    </Collapsible.Root>
  );
}
