"use client";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { firstOrder, type LatentHome } from "@/components/latents/latent-home";
import { type LatentParams, readLatentParams } from "@/components/latents/latent-params";
import { numberIn, readTableRow } from "@/components/latents/table-row";
import { useSearchState } from "@/components/ui/use-search-state";
import type { ExampleChoice } from "./example-groups";

export type LatentAddress = {
  /** The table that the latent was opened from. */
  readonly params: LatentParams;
  /** The row of the latent in that table; null when the link does not say. */
  readonly at: number | null;
  readonly choice: ExampleChoice;
  readonly setChoice: (next: ExampleChoice) => void;
};

/** What a latent's address says beside its module and index. */
export function useLatentAddress(home: LatentHome): LatentAddress {
  const search = useSearchParams();
  const sort = firstOrder(home);
  const params = useMemo(() => readLatentParams(new URLSearchParams(search.toString()), sort), [search, sort]);
  const [choice, setChoice] = useSearchState(choiceIn, withChoice);
  return { params, at: readTableRow(search), choice, setChoice };
}

type Search = { readonly get: (name: string) => string | null };

export function choiceIn(search: Search): ExampleChoice {
  const [from, to] = [numberIn(search, "from"), numberIn(search, "to")];
  return { band: from === null && to === null ? bandIn(search) : null, from, to, domain: search.get("show") };
}

export function withChoice(choice: ExampleChoice, search: URLSearchParams): URLSearchParams {
  for (const [name, value] of [
    ["band", choice.band],
    ["from", choice.from],
    ["to", choice.to],
    ["show", choice.domain],
  ] as const) {
    if (value === null) search.delete(name);
    else search.set(name, String(value));
  }
  return search;
}

function bandIn(search: Search): ExampleChoice["band"] {
  if (search.get("band") === "top") return "top";
  const band = numberIn(search, "band");
  return band !== null && Number.isInteger(band) && band > 0 ? band : null;
}
