// Runs before the first paint, as a file because the page allows no inline scripts: the chosen theme, if one was chosen.
try {
  const theme = localStorage.getItem("parley-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system decides.
}
