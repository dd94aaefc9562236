import { useId } from "react";

import type { Problem } from "@/api/problem";
import { Field, Input, Select } from "@/ui";

import type { Draft, When } from "./request";

interface WhenFieldsProps {
  draft: Draft;
  onChange: (changed: Partial<Draft>) => void;
  problem: Problem | null;
}

const WHEN: readonly { value: When; label: string }[] = [
  { value: "now", label: "Now" },
  { value: "once", label: "Once, later" },
  { value: "again", label: "Again and again" },
];

const isWhen = (value: string): value is When => WHEN.some((when) => when.value === value);

/** Rhythms by name, so that nobody has to know the five fields. */
const RHYTHMS: readonly { cron: string; label: string }[] = [
  { cron: "0 8 * * *", label: "Every day at 8:00" },
  { cron: "0 8 * * 1-5", label: "Every weekday at 8:00" },
  { cron: "0 8 * * 1", label: "Every Monday at 8:00" },
  { cron: "0 8 1 * *", label: "Every first of the month at 8:00" },
  { cron: "0 * * * *", label: "Every hour" },
];

export const rhythmLabel = (cron: string): string | undefined => RHYTHMS.find((rhythm) => rhythm.cron === cron)?.label;

/** When to ask: now, at a time, or in a rhythm. */
export function WhenFields({ draft, onChange, problem }: WhenFieldsProps) {
  return (
    <div className="flex flex-col gap-3">
      <Field label="When">
        <Select value={draft.when} onChange={({ target }) => isWhen(target.value) && onChange({ when: target.value })}>
          {WHEN.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      {draft.when === "once" && (
        <Field label="At" hint="your local time" error={problem?.about("run_at")}>
          <Input
            type="datetime-local"
            value={draft.runAt}
            onChange={(event) => onChange({ runAt: event.target.value })}
            required
          />
        </Field>
      )}
      {draft.when === "again" && <RhythmFields draft={draft} onChange={onChange} problem={problem} />}
    </div>
  );
}

function RhythmFields({ draft, onChange, problem }: WhenFieldsProps) {
  const zones = useId();
  return (
    <>
      <Field label="How often">
        <Select
          value={rhythmLabel(draft.cron) ? draft.cron : ""}
          onChange={(event) => event.target.value && onChange({ cron: event.target.value })}
        >
          {RHYTHMS.map(({ cron, label }) => (
            <option key={cron} value={cron}>
              {label}
            </option>
          ))}
          <option value="">In a rhythm of my own</option>
        </Select>
      </Field>
      <Field label="As five cron fields" hint="minute, hour, day, month, weekday" error={problem?.about("cron")}>
        <Input
          value={draft.cron}
          onChange={(event) => onChange({ cron: event.target.value })}
          className="font-mono"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </Field>
      <Field label="Time zone" error={problem?.about("time_zone")}>
        <Input
          value={draft.timeZone}
          onChange={(event) => onChange({ timeZone: event.target.value })}
          list={zones}
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </Field>
      <datalist id={zones}>
        {["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
