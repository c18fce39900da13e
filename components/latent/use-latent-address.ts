"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo, useState } from "react";
import { firstOrder, type LatentHome } from "@/components/latents/latent-home";
import { type LatentParams, readLatentParams } from "@/components/latents/latent-params";
import { currentSearch, replaceSearch } from "@/components/ui/replace-search";
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
  // A brush moves faster than the address may be written: what it chose holds until the address says so.
  const told = search.toString();
  const [state, setState] = useState(() => ({ told, choice: choiceIn(search) }));
  if (state.told !== told) setState({ told, choice: currentSearch().toString() === told ? choiceIn(search) : state.choice });
  const setChoice = useCallback((choice: ExampleChoice) => {
    const changed = currentSearch();
    for (const [name, value] of [
      ["band", choice.band],
      ["from", choice.from],
      ["to", choice.to],
      ["show", choice.domain],
    ] as const) {
      if (value === null) changed.delete(name);
      else changed.set(name, String(value));
    }
    replaceSearch(changed);
    setState((before) => ({ ...before, choice }));
  }, []);
  const at = numberIn(search, "at");
  return { params, at: at !== null && Number.isInteger(at) && at >= 0 ? at : null, choice: state.choice, setChoice };
}

type Search = { readonly get: (name: string) => string | null };

function numberIn(search: Search, name: string): number | null {
  const text = search.get(name);
  return text === null || text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}

function choiceIn(search: Search): ExampleChoice {
  const [from, to] = [numberIn(search, "from"), numberIn(search, "to")];
  return { band: from === null && to === null ? bandIn(search) : null, from, to, domain: search.get("show") };
}

function bandIn(search: Search): ExampleChoice["band"] {
  if (search.get("band") === "top") return "top";
  const band = numberIn(search, "band");
  return band !== null && Number.isInteger(band) && band > 0 ? band : null;
}
