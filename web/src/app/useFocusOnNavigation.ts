import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/**
 * A new page puts the focus on its heading, so that screen readers read it and the keyboard goes on from there. Moving
 * within a page, such as choosing another job, leaves the focus where it is.
 */
export function useFocusOnNavigation(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, toLocation }) => {
        if (!fromLocation || sectionOf(fromLocation.pathname) === sectionOf(toLocation.pathname)) return;
        const main = document.getElementById("main");
        (main?.querySelector<HTMLElement>("h1[tabindex]") ?? main)?.focus({ preventScroll: true });
      }),
    [router],
  );
}

const sectionOf = (path: string): string => path.split("/")[1] ?? "";
