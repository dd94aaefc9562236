import { CircleHelp, Lightbulb } from "lucide-react";
import { useState } from "react";

import { Badge, Card, CopyButton, ModelText } from "@/ui";

import { Evidence, type Trace } from "./Evidence";
import { FollowUps } from "./FollowUps";
import { Queries } from "./Queries";
import type { Citation, Researched, Work } from "./result";
import { StatementText } from "./Statement";

interface ResultProps {
  result: Researched;
  work: Work;
}

/** What research found: the answer, what else it noticed, pictures, and where every number comes from. */
export function Result({ result, work }: ResultProps) {
  const [trace, setTrace] = useState<Trace | null>(null);
  const cite = (citation: Citation) => setTrace({ query: citation.query_id, citation });
  const findings = result.findings.filter((finding) => !result.answer.text.includes(finding.text));
  return (
    <div className="flex flex-col gap-5">
      <Answer result={result} onTrace={cite} />
      {findings.length > 0 && (
        <Card title="Also found">
          <ul className="flex flex-col gap-3">
            {findings.map((finding) => (
              <li key={finding.text} className="flex gap-3 leading-7 wrap-anywhere">
                <Lightbulb aria-hidden className="mt-1.5 size-4 shrink-0 text-accent" />
                <p>
                  <StatementText statement={finding} onTrace={cite} />
                </p>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {result.verbose_analysis && (
        <Card title="In more detail">
          <ModelText text={result.verbose_analysis} />
        </Card>
      )}
      {result.supporting_details.length > 0 && (
        <Queries details={result.supporting_details} onOpen={(query) => setTrace({ query })} />
      )}
      {result.follow_up_questions.length > 0 && <FollowUps questions={result.follow_up_questions} work={work} />}
      <Evidence trace={trace} details={result.supporting_details} onClose={() => setTrace(null)} />
    </div>
  );
}

interface AnswerProps {
  result: Researched;
  onTrace: (citation: Citation) => void;
}

function Answer({ result, onTrace }: AnswerProps) {
  const { answer, answered, cached } = result;
  return (
    <Card
      title={answered ? "Answer" : "No answer"}
      actions={
        <>
          {cached && <Badge>Found before</Badge>}
          <CopyButton text={answer.text} label="Copy the answer" />
        </>
      }
      className={answered ? "border-accent" : "border-warning"}
    >
      <p className="flex gap-3 text-lg leading-8 text-pretty wrap-anywhere">
        {!answered && <CircleHelp aria-hidden className="mt-1.5 size-5 shrink-0 text-warning" />}
        <span>
          <StatementText statement={answer} onTrace={onTrace} />
        </span>
      </p>
      {answer.numbers.length > 0 && (
        <p className="mt-3 text-sm text-muted">Choose a number to see the query and the rows it comes from.</p>
      )}
      <Notes result={result} />
    </Card>
  );
}

function Notes({ result: { notes, dropped } }: { result: Researched }) {
  const left = dropped === 1 ? "One sentence was" : `${dropped} sentences were`;
  const said = dropped > 0 ? [...notes, `${left} left out: no result supports a number in it.`] : notes;
  if (said.length === 0) return null;
  return (
    <ul aria-label="Notes" className="mt-4 list-disc rounded-lg bg-sunken py-3 pr-4 pl-8 text-sm text-muted">
      {said.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
