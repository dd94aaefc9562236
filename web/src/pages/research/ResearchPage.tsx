import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";

import { PageHeader } from "@/ui";

import { AskCard } from "./ask/AskCard";
import { Datasets } from "./datasets/Datasets";
import { ProfileCard } from "./datasets/ProfileCard";
import { JobPage } from "./job/JobPage";
import { PastQuestions } from "./past/PastQuestions";
import { Schedules } from "./past/Schedules";

const route = getRouteApi("/research/{-$job}");

/** One question and what becomes of it, or the place to ask a new one. */
export function ResearchPage() {
  const { job } = route.useParams();
  return job === undefined ? <AskPage /> : <JobPage key={job} id={job} />;
}

function AskPage() {
  const { dataset } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = useCallback(
    (chosen: string | undefined) =>
      void navigate({ search: (search) => ({ ...search, dataset: chosen }), replace: true }),
    [navigate],
  );
  return (
    <>
      <PageHeader
        title="Research"
        description="Ask a table anything. Every number in the answer leads to the query and the rows it comes from."
      />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
        <div className="flex flex-col gap-5">
          <Datasets chosen={dataset} onChoose={choose} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <AskCard dataset={dataset} />
          {dataset !== undefined && <ProfileCard key={dataset} dataset={dataset} />}
          <Schedules />
          <PastQuestions />
        </div>
      </div>
    </>
  );
}
