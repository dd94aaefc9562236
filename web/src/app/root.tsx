import { createRootRoute, type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";

import { asProblem } from "@/api/problem";
import { Button, EmptyState, ErrorNote, PageHeader, Skeleton } from "@/ui";

import { App } from "./App";

/** The route that every page hangs on: the shell around them, and what stands in for a page that is not there. */
export const rootRoute = createRootRoute({
  component: App,
  notFoundComponent: NotFound,
});

function NotFound() {
  return (
    <>
      <PageHeader title="Nothing here" />
      <EmptyState
        icon={Compass}
        title="This address leads nowhere"
        action={
          <Button asChild variant="primary">
            <Link to="/">To the start</Link>
          </Button>
        }
      >
        It may have been mistyped, or what it showed has been deleted.
      </EmptyState>
    </>
  );
}

/** What is seen of a page whose chunk is on its way. */
export function PagePending() {
  return (
    <div className="flex flex-col gap-4">
      <Skeleton className="h-8 w-48" label="Loading" />
      <Skeleton className="h-64 w-full" />
    </div>
  );
}

/** What is seen of a page that broke; the rest of the app goes on. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <>
      <PageHeader title="Something broke" />
      <ErrorNote error={asProblem(error)} onRetry={reset} />
    </>
  );
}
