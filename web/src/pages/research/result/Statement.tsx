import { segmentsOf } from "./segments";
import type { Citation, Statement } from "./result";

interface StatementTextProps {
  statement: Statement;
  onTrace: (citation: Citation) => void;
}

/** A statement whose every number leads to the query and the cell that it comes from. */
export function StatementText({ statement, onTrace }: StatementTextProps) {
  return (
    <>
      {segmentsOf(statement).map(({ text, citation }, at) =>
        citation ? (
          <button
            key={at}
            type="button"
            onClick={() => onTrace(citation)}
            aria-label={`${text}: where it comes from`}
            className="rounded-sm font-semibold text-accent tabular-nums underline decoration-accent/40 decoration-2 underline-offset-4 transition-colors hover:bg-accent-soft hover:decoration-accent"
          >
            {text}
          </button>
        ) : (
          <span key={at}>{text}</span>
        ),
      )}
    </>
  );
}
