import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowUp, CalendarClock } from "lucide-react";
import { type KeyboardEvent, type SubmitEvent, useState } from "react";
import { toast } from "sonner";

import { asProblem } from "@/api/problem";
import { formatMoment } from "@/lib/format";
import { Button, Card, ErrorNote, Field, Textarea } from "@/ui";

import { datasetQuery } from "../datasets/queries";
import { Options } from "./Options";
import { type Draft, emptyDraft, requestOf, scheduleOf } from "./request";
import { useAsk, useSchedule } from "./submit";
import { Suggestions } from "./Suggestions";

const LONGEST = 4000;

/** Ask a question about the chosen table, now, later, or again and again. */
export function AskCard({ dataset }: { dataset: string | undefined }) {
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const { send, isPending, problem } = useSend(draft, dataset, () => setDraft(emptyDraft()));
  const { data: chosen } = useQuery({ ...datasetQuery(dataset ?? ""), enabled: dataset !== undefined });
  const profile = chosen?.profile;
  // As long as nothing is known of the table it may be asked: the gateway knows better.
  const isUsable = dataset !== undefined && (chosen === undefined || chosen.status === "completed");
  const isReady = isUsable && draft.question.trim() !== "";
  const change = (changed: Partial<Draft>) => setDraft((known) => ({ ...known, ...changed }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isReady && !isPending) send();
  };
  const submitOnEnter = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
  };
  return (
    <Card
      title="Your question"
      description={isUsable ? undefined : "Choose a table that is ready, then ask it anything."}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="What do you want to know?" error={problem?.about("question")}>
          <Textarea
            value={draft.question}
            onChange={(event) => change({ question: event.target.value })}
            onKeyDown={submitOnEnter}
            maxLength={LONGEST}
            placeholder="Which group has the highest average, and how did it change over the years?"
            required
          />
        </Field>
        {profile && <Suggestions profile={profile} onChoose={(question) => change({ question })} />}
        <Options draft={draft} onChange={change} problem={problem} />
        {problem && !isAboutFields(problem.errors) && (
          <ErrorNote error={problem} onRetry={problem.temporary ? send : undefined} />
        )}
        <Button type="submit" variant="primary" busy={isPending} disabled={!isReady} className="self-end">
          {!isPending && (draft.when === "again" ? <CalendarClock aria-hidden /> : <ArrowUp aria-hidden />)}
          {draft.when === "again" ? "Keep asking" : draft.when === "once" ? "Ask then" : "Ask"}
        </Button>
      </form>
    </Card>
  );
}

const SHOWN_AT_FIELDS = new Set(["question", "cron", "time_zone", "webhook_url", "notify_email", "run_at"]);

/** Whether every complaint stands at its field already. */
const isAboutFields = (errors: readonly { field: string }[]): boolean =>
  errors.length > 0 && errors.every(({ field }) => SHOWN_AT_FIELDS.has(field.replace(/^body\./, "")));

function useSend(draft: Draft, dataset: string | undefined, onKept: () => void) {
  const navigate = useNavigate();
  const ask = useAsk();
  const schedule = useSchedule();
  const asks = draft.when !== "again";
  const error = asks ? ask.error : schedule.error;
  const send = () => {
    if (dataset === undefined) return;
    if (asks) {
      const open = (job: string) => void navigate({ to: "/research/{-$job}", params: { job }, search: { dataset } });
      ask.mutate(requestOf(draft, dataset), { onSuccess: open });
    } else {
      const kept = ({ next_at }: { next_at: string | null }) => {
        toast.success("Parley will keep asking", {
          description: next_at ? `First on ${formatMoment(next_at)}` : undefined,
        });
        onKept();
      };
      schedule.mutate({ request: scheduleOf(draft, dataset), key: crypto.randomUUID() }, { onSuccess: kept });
    }
  };
  return { send, isPending: ask.isPending || schedule.isPending, problem: error ? asProblem(error) : null };
}
