import { useState } from "react";

import type { JobView } from "@/live/job";
import { Announce, Badge, Card, CopyButton, Elapsed, Tabs } from "@/ui";

import { Changes } from "./Changes";
import { Checklist } from "./Checklist";
import type { Enhanced } from "./enhanced";
import { Notes } from "./Notes";
import { Reasons } from "./Reasons";

/** The prompt to take away, and everything that explains it. */
export function Result({ enhanced, job }: { enhanced: Enhanced; job: JobView }) {
  const [tab, setTab] = useState("prompt");
  return (
    <div className="flex flex-col gap-6">
      <Card
        title="Your better prompt"
        description={enhanced.summary}
        actions={<CopyButton text={enhanced.result} label="Copy the prompt" labelled />}
      >
        <Announce>The prompt is ready.</Announce>
        <Tabs
          label="Views of the prompt"
          value={tab}
          onChange={setTab}
          tabs={[
            { id: "prompt", label: "Prompt", content: <Prompt text={enhanced.result} /> },
            { id: "changes", label: "Changes", content: <Changes enhanced={enhanced} /> },
            {
              id: "reasons",
              label: "Reasons",
              content: <Reasons prompt={enhanced.result} rationale={enhanced.rationale} />,
            },
          ]}
        />
        <p className="mt-5 flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line pt-4 text-xs text-muted">
          <Badge>{enhanced.mode === "offline" ? "Offline" : (enhanced.model ?? "Model")}</Badge>
          <span>
            <Elapsed job={job} />
          </span>
          {!enhanced.changed && <span>Your prompt had all it needs: not a word was changed.</span>}
        </p>
      </Card>
      <Checklist checks={enhanced.checklist} />
      <Notes enhanced={enhanced} />
    </div>
  );
}

/** Character by character what is copied, with its headings set apart. */
function Prompt({ text }: { text: string }) {
  return (
    <p className="text-sm leading-7 wrap-anywhere whitespace-pre-wrap">
      {text.split(/^(#{1,6} .+)$/m).map((part, at) => (
        <span key={at} className={at % 2 === 1 ? "font-semibold" : ""}>
          {part}
        </span>
      ))}
    </p>
  );
}
