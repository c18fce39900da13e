"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type LatentParams, readLatentParams } from "@/components/latents/latent-params";
import type { ExampleFilter } from "./example-filter";

type LatentAddress = {
  /** The table that the latent was opened from. */
  readonly params: LatentParams;
  /** The row of the latent in that table; null when the link does not say. */
  readonly at: number | null;
  readonly examples: ExampleFilter;
  readonly setExamples: (next: ExampleFilter) => void;
};

/** What a latent's address says beside its module and index. */
export function useLatentAddress(): LatentAddress {
  const search = useSearchParams();
  const params = useMemo(() => readLatentParams(new URLSearchParams(search.toString())), [search]);
  const setExamples = useCallback(
    (next: ExampleFilter) => {
      const changed = new URLSearchParams(search.toString());
      for (const [name, value] of [
        ["from", next.from],
        ["to", next.to],
        ["show", next.domain],
      ] as const) {
        if (value === null) changed.delete(name);
        else changed.set(name, String(value));
      }
      const text = changed.toString();
      window.history.replaceState(null, "", text === "" ? window.location.pathname : `?${text}`);
    },
    [search],
  );
  const at = numberIn(search, "at");
  return {
    params,
    at: at !== null && Number.isInteger(at) && at >= 0 ? at : null,
    examples: { from: numberIn(search, "from"), to: numberIn(search, "to"), domain: search.get("show") },
    setExamples,
  };
}

function numberIn(search: { get: (name: string) => string | null }, name: string): number | null {
  const text = search.get(name);
  return text === null || text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}
