import type { ReactNode } from "react";

import { Card } from "@/ui";

import type { Enhanced } from "./enhanced";

/** What else there is to know: the question and its answer, sources, what was lost, and what could not be done. */
export function Notes({ enhanced }: { enhanced: Enhanced }) {
  const { question, sources, lost, notes } = enhanced;
  if (!question && sources.length + lost.length + notes.length === 0) return null;
  return (
    <Card title="Good to know">
      <dl className="flex flex-col gap-4 text-sm">
        {question && (
          <Note name="You were asked">
            {question.question}
            <span className="mt-0.5 block text-muted">{answerOf(question)}</span>
          </Note>
        )}
        {lost.length > 0 && <Note name="Of your own words, this could not be kept">{<Lines lines={lost} />}</Note>}
        {notes.length > 0 && <Note name="Notes">{<Lines lines={notes} />}</Note>}
        {sources.length > 0 && (
          <Note name="Sources">
            <ul className="flex flex-col gap-2">
              {sources.map((source) => (
                <li key={source.id}>
                  <SourceTitle {...source} />
                  {source.snippet && <span className="block text-muted">{source.snippet}</span>}
                </li>
              ))}
            </ul>
          </Note>
        )}
      </dl>
    </Card>
  );
}

function answerOf({ outcome, answer }: NonNullable<Enhanced["question"]>): string {
  if (outcome === "answered") return answer ?? "";
  return outcome === "declined"
    ? "You would rather not say, so it was decided for you."
    : "There was no answer in time, so it was decided for you.";
}

function SourceTitle({ title, url }: Enhanced["sources"][number]) {
  if (!url || !/^https?:\/\//i.test(url)) return <>{title}</>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow" className="text-accent hover:underline">
      {title}
    </a>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5">
      {lines.map((line, at) => (
        <li key={at}>{line}</li>
      ))}
    </ul>
  );
}

function Note({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs font-medium text-muted">{name}</dt>
      <dd className="mt-1 wrap-anywhere">{children}</dd>
    </div>
  );
}
