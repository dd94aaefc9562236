import { createStore } from "@/lib/store";

export type Theme = "system" | "light" | "dark";

const KEY = "parley-theme";

/** The chosen theme. `public/theme.js` applies it before the first paint, this from then on. */
export const theme = createStore<Theme>(read());

export function chooseTheme(chosen: Theme): void {
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
  try {
    if (chosen === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, chosen);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  theme.set(chosen);
}

function read(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}
