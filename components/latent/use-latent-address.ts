"use client";
import { useQueryState, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { firstOrder, type LatentHome } from "@/components/latents/latent-home";
import type { LatentParams } from "@/components/latents/latent-params";
import { rowParameter } from "@/components/latents/table-row";
import { useLatentParams } from "@/components/latents/use-latent-params";
import type { ExampleChoice } from "./example-groups";
import { choiceOf, exampleNames, exampleParameters } from "./example-parameters";

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
  const [params] = useLatentParams(firstOrder(home));
  const [at] = useQueryState("at", rowParameter.at);
  const [values, setValues] = useQueryStates(exampleParameters, { urlKeys: exampleNames });
  const choice = useMemo(() => choiceOf(values), [values]);
  return { params, at, choice, setChoice: (next) => void setValues(next) };
}
