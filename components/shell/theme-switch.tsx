"use client";
import { IconButton } from "@/components/ui/icon-button";
import { switchTheme } from "./switch-theme";

/** Light or dark, kept in this browser. */
export function ThemeSwitch() {
  return (
    <IconButton label="Switch light and dark" onClick={switchTheme}>
      <svg width="15" height="15" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
        <circle cx="8" cy="8" r="5.5" />
        <path d="M8 2.5v11a5.5 5.5 0 0 0 0-11Z" fill="currentColor" />
      </svg>
    </IconButton>
  );
}
