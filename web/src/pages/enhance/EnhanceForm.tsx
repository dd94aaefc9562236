import { type KeyboardEvent, type SubmitEvent, useState } from "react";

import { Button, Card, ErrorNote, Field, Input, Switch, Textarea } from "@/ui";

import type { EnhanceInput } from "./enhanced";
import { useEnhance } from "./submitting";

/** What the gateway takes at most, in characters. */
const LONGEST_TASK = 2_000;
const LONGEST_PROMPT = 20_000;

const EXAMPLES = [
  { task: "Onboarding e-mail", lazy_prompt: "write a welcome mail for new users of our budgeting app, short" },
  {
    task: "Code review",
    lazy_prompt: "look at this python function and tell me whats wrong, its slow with 10,000 rows",
  },
  { task: "Study plan", lazy_prompt: "make me a plan to learn statistics in 6 weeks, no maths background" },
];

interface EnhanceFormProps {
  /** What to begin with, such as the input of the job that is shown. */
  start: EnhanceInput | undefined;
  onSubmitted: (job: string) => void;
}

export function EnhanceForm({ start, onSubmitted }: EnhanceFormProps) {
  const [input, setInput] = useState<EnhanceInput>(start ?? { task: "", lazy_prompt: "", use_web_search: false });
  const enhance = useEnhance();
  const change = (changed: Partial<EnhanceInput>) => setInput({ ...input, ...changed });
  const isEmpty = input.lazy_prompt.trim() === "";
  const send = (sent: EnhanceInput) => enhance.mutate(sent, { onSuccess: onSubmitted });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isEmpty) send({ ...input });
  };
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isEmpty && !enhance.isPending) send({ ...input });
  };
  return (
    <Card title="Your prompt">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="What is it for?" hint="Optional">
          <Input
            value={input.task}
            onChange={(event) => change({ task: event.target.value })}
            maxLength={LONGEST_TASK}
            placeholder="Onboarding e-mail"
          />
        </Field>
        <Field label="Prompt">
          <Textarea
            value={input.lazy_prompt}
            onChange={(event) => change({ lazy_prompt: event.target.value })}
            onKeyDown={submitByKey}
            maxLength={LONGEST_PROMPT}
            className="min-h-36"
            placeholder="write a welcome mail for new users, short"
            required
          />
        </Field>
        <Switch
          label="Search the web for facts"
          checked={input.use_web_search}
          onChange={(use_web_search) => change({ use_web_search })}
        />
        {enhance.error && (
          <ErrorNote error={enhance.error} onRetry={() => send(enhance.variables)} retrying={enhance.isPending} />
        )}
        <Button type="submit" variant="primary" busy={enhance.isPending} disabled={isEmpty}>
          Enhance
        </Button>
        {isEmpty && <Examples onChoose={change} />}
      </form>
    </Card>
  );
}

function Examples({ onChoose }: { onChoose: (example: Partial<EnhanceInput>) => void }) {
  return (
    <div>
      <p className="mb-2 text-xs text-muted">Or begin with an example:</p>
      <div className="flex flex-wrap gap-2">
        {EXAMPLES.map((example) => (
          <Button key={example.task} size="sm" onClick={() => onChoose(example)}>
            {example.task}
          </Button>
        ))}
      </div>
    </div>
  );
}
