import { FileQuestion, MessagesSquare } from "lucide-react";

import { Button, EmptyState } from "@/ui";

import { useDocuments } from "../library/documents";
import { SAMPLE_NAME, SAMPLE_QUESTIONS } from "../library/sample";

interface ChatStartProps {
  onSuggest: (question: string) => void;
  onUpload: () => void;
}

/** What stands where the first answer will be. */
export function ChatStart({ onSuggest, onUpload }: ChatStartProps) {
  const { documents, isPending } = useDocuments();
  const ready = documents.filter((each) => each.processing_status === "completed");
  const questions = ready.some((each) => each.filename === SAMPLE_NAME) ? SAMPLE_QUESTIONS : [];
  return (
    <div className="grid min-h-0 flex-1 place-items-center overflow-y-auto">
      {documents.length === 0 && !isPending ? (
        <EmptyState
          icon={FileQuestion}
          title="Nothing to ask about yet"
          action={<Button onClick={onUpload}>Go to the documents</Button>}
        >
          Upload a document first. Answers come from your documents alone, each sentence with its source.
        </EmptyState>
      ) : (
        <EmptyState
          icon={MessagesSquare}
          title="Ask your documents"
          action={
            questions.length > 0 && (
              <ul aria-label="Questions to begin with" className="flex flex-col gap-2">
                {questions.map((question) => (
                  <li key={question}>
                    <Button size="sm" className="h-auto py-1.5 whitespace-normal" onClick={() => onSuggest(question)}>
                      {question}
                    </Button>
                  </li>
                ))}
              </ul>
            )
          }
        >
          Every sentence of an answer names its source: choose a number, and the passage opens where it stands. What
          your documents do not say is not said.
        </EmptyState>
      )}
    </div>
  );
}
