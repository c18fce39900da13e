import { themeStorageKey } from "./theme-script";

/** Light to dark or back, kept in this browser. */
export function switchTheme(): void {
  const root = document.documentElement;
  const theme = root.dataset["theme"] === "dark" ? "light" : "dark";
  root.dataset["theme"] = theme;
  root.dataset["chosen"] = "true";
  try {
    localStorage.setItem(themeStorageKey, theme);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}
