import { getRouteApi } from "@tanstack/react-router";
import { Sparkles } from "lucide-react";

import { cn } from "@/lib/cn";
import { useJob } from "@/live/hooks";
import { Card, EmptyState, ErrorNote, PageHeader, Skeleton } from "@/ui";

import { readInput } from "./enhanced";
import { EnhanceForm } from "./EnhanceForm";
import { EnhanceJob } from "./EnhanceJob";
import { History } from "./History";

const route = getRouteApi("/enhance/{-$job}");

/** A form, what becomes of it beside it, and what was enhanced before. The address names the job that is shown. */
export function EnhancePage() {
  const { job: id } = route.useParams();
  const navigate = route.useNavigate();
  const { job, problem, retry } = useJob(id);
  const input = readInput(job?.input);
  const show = (shown: string) => void navigate({ to: "/enhance/{-$job}", params: { job: shown } });
  return (
    <>
      <PageHeader
        title="Enhance"
        description="Write it down the lazy way. You get back a prompt that says what you meant, and why it says so."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
        <div className="flex flex-col gap-6">
          <EnhanceForm key={input && id} start={input} onSubmitted={show} />
          <div className="max-lg:hidden">
            <History shown={id} />
          </div>
        </div>
        {/* Where there is one column, what was asked for comes before the form. */}
        <div className={cn("min-w-0", id && "max-lg:order-first")}>
          {problem ? (
            <ErrorNote error={problem} onRetry={problem.temporary ? retry : undefined} />
          ) : job ? (
            <EnhanceJob job={job} onSubmitted={show} />
          ) : id ? (
            <Skeleton className="h-96" label="Loading the prompt" />
          ) : (
            <Nothing />
          )}
        </div>
        <div className="lg:hidden">
          <History shown={id} />
        </div>
      </div>
    </>
  );
}

function Nothing() {
  return (
    <Card className="max-lg:hidden">
      <EmptyState icon={Sparkles} title="Your better prompt appears here">
        It is written before your eyes. If something only you can know is missing, you are asked for it, once.
      </EmptyState>
    </Card>
  );
}
