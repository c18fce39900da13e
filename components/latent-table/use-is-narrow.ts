"use client";
import { useSyncExternalStore } from "react";

const query = "(max-width: 720px)";

/** True on a screen where tables turn into cards. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", onChange);
      return () => media.removeEventListener("change", onChange);
    },
    () => window.matchMedia(query).matches,
    () => false,
  );
}
