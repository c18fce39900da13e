import { z } from "zod";
import { isEmpty, patternField } from "@/components/methods/fields/pattern-list";
import type { StanFields } from "@/components/methods/stan/form";
import type { LoraConfig } from "@/lib/contract/methods/lora/settings";

/** Fields of LoRA in the form of a new run. */
export const loraFields = {
  /** What the rank follows beside STAN: k (the same parameters active for a token), M (the same trained), or its own slider. */
  rankMatch: z.enum(["active", "trained", "own"]),
  ownRank: z.number(),
  /** alpha is this many times the rank. */
  alphaOverRank: z.number(),
  useRslora: z.boolean(),
  useDora: z.boolean(),
  dropout: z.number(),
  rankPattern: patternField,
  alphaPattern: patternField,
};
export type LoraFields = z.infer<z.ZodObject<typeof loraFields>>;
/** With the sizes of STAN, which the rank may follow. */
export type LoraForm = LoraFields & Pick<StanFields, "k" | "numLatents">;

export function newLoraFields(): LoraFields {
  return {
    rankMatch: "active",
    ownRank: 8,
    alphaOverRank: 2,
    useRslora: false,
    useDora: false,
    dropout: 0,
    rankPattern: {},
    alphaPattern: {},
  };
}

/** @param isPaired whether STAN is trained beside it, whose sizes the rank may follow */
export function rankOf({ rankMatch, ownRank, k, numLatents }: LoraForm, isPaired: boolean): number {
  if (!isPaired || rankMatch === "own") return ownRank;
  return rankMatch === "active" ? Math.min(k, numLatents) : numLatents;
}

/** What is not plain LoRA; what is plain is left out. */
export function loraOptions(form: LoraFields): Partial<LoraConfig> {
  return {
    ...(form.useRslora ? { useRslora: true } : {}),
    ...(form.useDora ? { useDora: true } : {}),
    ...(form.dropout > 0 ? { dropout: form.dropout } : {}),
    ...(isEmpty(form.rankPattern) ? {} : { rankPattern: { ...form.rankPattern } }),
    ...(isEmpty(form.alphaPattern) ? {} : { alphaPattern: { ...form.alphaPattern } }),
  };
}

export function loraFieldsOf(adapter: LoraConfig): LoraFields {
  return {
    rankMatch: "own",
    ownRank: adapter.rank,
    alphaOverRank: adapter.alpha / adapter.rank,
    useRslora: adapter.useRslora ?? false,
    useDora: adapter.useDora ?? false,
    dropout: adapter.dropout ?? 0,
    rankPattern: adapter.rankPattern ?? {},
    alphaPattern: adapter.alphaPattern ?? {},
  };
}
