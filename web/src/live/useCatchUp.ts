import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useLink } from "./hooks";

/** What was asked for over HTTP during a break may have failed, or be old by now: ask again once it is over. */
export function useCatchUp(): void {
  const link = useLink();
  const queries = useQueryClient();
  const broken = useRef(false);
  useEffect(() => {
    if (link === "lost") broken.current = true;
    if (link !== "live" || !broken.current) return;
    broken.current = false;
    void queries.invalidateQueries();
  }, [link, queries]);
}
