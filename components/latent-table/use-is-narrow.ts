"use client";
import { useSyncExternalStore } from "react";

const query = "(max-width: 720px)";

/** True on a screen where tables turn into cards; null where that is not known yet, on the server and in the render that must agree with it. */
export function useIsNarrow(): boolean | null {
  return useSyncExternalStore(
    (onChange) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", onChange);
      return () => media.removeEventListener("change", onChange);
    },
    () => window.matchMedia(query).matches,
    () => null,
  );
}
