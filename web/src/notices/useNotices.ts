import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { toast } from "sonner";

import { isWorthTelling, jobLink, kindLabel } from "@/app/sections";
import { useLive } from "@/live/context";
import { useLink } from "@/live/hooks";
import type { News } from "@/live/jobs";
import { chooseQuestion } from "@/questions/choosing";

import { Leading } from "./leading";

const QUIET_FOR = 5_000;
const OFFLINE = "offline";

/** Tells the user what happens to jobs that are not on the screen: as a toast, and as a notification if no tab is seen. */
export function useNotices(): void {
  const live = useLive();
  const router = useRouter();
  const queries = useQueryClient();
  useEffect(() => {
    const leading = new Leading();
    const leave = leading.join();
    const stop = live.onNews((news) => {
      if (news.kind === "ended") void queries.invalidateQueries({ queryKey: ["jobs", "list"] });
      const open = () => (news.kind === "asked" ? ask(news) : void router.navigate(jobLink(news.job)));
      if (news.kind === "ended" && !isWorthTelling(news.job)) return;
      if (!live.viewed.get().includes(news.job.id)) show(news, open);
      void leading.shouldNotify().then((should) => should && notify(news, open));
    });
    return () => {
      stop();
      leave();
    };
  }, [live, router, queries]);
}

/** A short break of the connection is nobody's business; a longer one is said until it is over. */
export function useLinkNotice(): void {
  const link = useLink();
  useEffect(() => {
    if (link === "live") toast.dismiss(OFFLINE);
    if (link !== "lost") return;
    const timer = setTimeout(() => {
      toast.warning("Connection lost", {
        id: OFFLINE,
        description: "Jobs go on meanwhile. This page catches up as soon as Parley answers again.",
        duration: Infinity,
      });
    }, QUIET_FOR);
    return () => clearTimeout(timer);
  }, [link]);
}

function ask({ job }: News): void {
  if (job.question) chooseQuestion(job.question.question_id);
}

function show(news: News, open: () => void): void {
  const { title, text } = words(news);
  const tell = { asked: toast.info, completed: toast.success, failed: toast.error, cancelled: toast } as const;
  const outcome = news.kind === "asked" ? "asked" : (news.job.status as "completed" | "failed" | "cancelled");
  tell[outcome](title, {
    id: `${news.job.id}-${news.job.seq}`,
    description: text,
    action: { label: news.kind === "asked" ? "Answer" : "Open", onClick: open },
  });
}

function notify(news: News, open: () => void): void {
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  const { title, text } = words(news);
  const notification = new Notification(`Parley: ${title}`, { body: text, tag: news.job.id, icon: "/parley.svg" });
  notification.onclick = () => {
    window.focus();
    open();
    notification.close();
  };
}

function words({ kind, job }: News): { title: string; text: string } {
  const name = kindLabel(job.kind);
  if (kind === "asked") return { title: `${name} asks`, text: job.question?.prompt ?? "" };
  if (job.status === "failed") return { title: `${name} failed`, text: job.problem?.detail ?? "" };
  return { title: job.status === "cancelled" ? `${name} was cancelled` : `${name} is done`, text: "" };
}
