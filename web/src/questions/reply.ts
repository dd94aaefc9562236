import type { OpenQuestion } from "@/live/events";

/** How a question can be answered in a dialog; `page` is for answers that need a page of their own. */
export type ReplyKind = "text" | "number" | "yes-no" | "options" | "page";

export function replyKind(question: OpenQuestion): ReplyKind {
  const type = question.schema["type"];
  if (optionsOf(question).length > 0 && !takesOwnWords(question)) return "options";
  if (type === undefined || type === "string") return "text";
  if (type === "number" || type === "integer") return "number";
  return type === "boolean" ? "yes-no" : "page";
}

export function optionsOf(question: OpenQuestion): readonly string[] {
  if (question.options) return question.options;
  const allowed = question.schema["enum"];
  return Array.isArray(allowed) ? allowed.filter((option) => typeof option === "string") : [];
}

/** Whether an answer may be something else than one of the options. */
function takesOwnWords({ schema }: OpenQuestion): boolean {
  return !("enum" in schema) && (schema["type"] === undefined || schema["type"] === "string");
}

/** The longest text the schema allows. */
export function longest({ schema }: OpenQuestion): number | undefined {
  return typeof schema["maxLength"] === "number" ? schema["maxLength"] : undefined;
}

/** What happens if nobody answers, as a sentence. */
export function consequence(question: OpenQuestion): string {
  if (question.required) return "Without an answer the job fails.";
  if (typeof question.default === "string" && question.default) return `Without an answer: “${question.default}”.`;
  return "Without an answer the job goes on by its own judgement.";
}
