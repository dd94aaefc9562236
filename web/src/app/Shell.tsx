import { Outlet } from "@tanstack/react-router";
import { useEffect } from "react";

import { useLive } from "@/live/context";
import { useCatchUp } from "@/live/useCatchUp";
import { useUnfinishedJobs } from "@/live/useUnfinishedJobs";
import { useLinkNotice, useNotices } from "@/notices/useNotices";
import { QuestionDialog } from "@/questions/QuestionDialog";

import { Bottom, Side, Top } from "./Navigation";
import { OfflineBanner } from "./OfflineBanner";
import { useFocusOnNavigation } from "./useFocusOnNavigation";

/** What surrounds every page: navigation, connection, questions, notices. */
export function Shell() {
  const live = useLive();
  useEffect(() => live.open(), [live]);
  useUnfinishedJobs();
  useCatchUp();
  useNotices();
  useLinkNotice();
  useFocusOnNavigation();
  return (
    <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-lg bg-accent px-4 py-2 text-sm font-medium text-on-accent focus:translate-y-0"
      >
        Skip to the content
      </a>
      <Side />
      <div className="flex min-h-dvh min-w-0 flex-col max-lg:pb-16">
        <Top />
        <OfflineBanner />
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 sm:px-6 lg:px-8 lg:py-8">
          <Outlet />
        </main>
      </div>
      <Bottom />
      <QuestionDialog />
    </div>
  );
}
