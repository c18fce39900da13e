"use client";
import { Contrast } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import { themeStorageKey } from "./theme-script";

/** Light or dark, kept in this browser. */
export function ThemeSwitch() {
  return (
    <IconButton
      label="Switch light and dark"
      onClick={() => {
        const root = document.documentElement;
        const theme = root.dataset["theme"] === "dark" ? "light" : "dark";
        root.dataset["theme"] = theme;
        root.dataset["chosen"] = "true";
        try {
          localStorage.setItem(themeStorageKey, theme);
        } catch {
          // Storage is off: the choice lasts as long as the page.
        }
      }}
    >
      <Contrast size={15} aria-hidden="true" />
    </IconButton>
  );
}
