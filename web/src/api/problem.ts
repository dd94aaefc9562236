import { z } from "zod";

/** The members of a problem document (RFC 9457) that the app shows; anything may stand between us and the gateway. */
const problemBody = z.object({
  title: z.string().catch("Something went wrong"),
  detail: z.string().catch(""),
  code: z.string().catch("unknown"),
  trace_id: z.string().optional().catch(undefined),
  errors: z
    .array(z.object({ field: z.string(), detail: z.string() }))
    .optional()
    .catch(undefined),
});

export interface FieldProblem {
  field: string;
  detail: string;
}

/** What the gateway refused, in the words of its problem document. `status` 0 means that nothing answered. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly traceId: string | undefined;
  readonly errors: readonly FieldProblem[];

  constructor(status: number, body: unknown) {
    const { title, detail, code, trace_id, errors } = problemBody.parse(typeof body === "object" ? { ...body } : {});
    super(detail ? `${title}: ${detail}` : title);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.traceId = trace_id;
    this.errors = errors ?? [];
  }

  /** Whether the same request may succeed when sent again: nothing answered, or the gateway said to come back. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** What is wrong with one field of the body, if the gateway named it. */
  about(field: string): string | undefined {
    return this.errors.find((error) => error.field === `body.${field}`)?.detail;
  }
}

export const UNREACHABLE = {
  title: "Parley does not answer",
  detail: "The connection failed. What you did is not lost; try again.",
  code: "unreachable",
};

/** Whatever was thrown, as something that can be shown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) return new Problem(0, UNREACHABLE);
  return new Problem(-1, { title: "This page has a fault", detail: String(error), code: "client" });
}

/** The problem that a refused response carries. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => ({ title: response.statusText || undefined }));
  return new Problem(response.status, body);
}
