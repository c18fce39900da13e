import { formatNats } from "@/components/latents/range-words";
import { formatFixed, formatPercent, formatSignificant } from "@/lib/numbers/format";
import type { RankedLatent, RankMeasure } from "./rank-latents";

/** The text's own loss, the loss of one class, or a regression's number. */
export type Attributed = { readonly kind: "text" | "number" } | { readonly kind: "class"; readonly name: string };

/** What latents can be ranked by on this page. */
export type RankFacts = {
  /** What attributions are of; null where there are none. */
  readonly attributed: Attributed | null;
  /** Why latents cannot be ranked by specificity; null where they can. */
  readonly unspecific: string | null;
  /** Whether activations are compared in units of their module's p99.9. */
  readonly isScaled: boolean;
};

export function valueHead(measure: RankMeasure, { attributed }: RankFacts): string {
  if (measure === "attribution") return attributed?.kind === "number" ? "number" : "nats";
  return { specificity: "bits", outputShare: "share", activation: "activation" }[measure];
}

export function writeValue({ value, activation, outputShare, attribution }: RankedLatent, measure: RankMeasure): string {
  switch (measure) {
    case "specificity":
      return formatFixed(value, 1);
    case "activation":
      return value === activation ? formatSignificant(value) : `× ${formatSignificant(value, 2)}`;
    case "outputShare":
      return formatPercent(outputShare);
    case "attribution":
      return attribution === null ? "" : formatNats(attribution);
  }
}

export function explainRank(measure: RankMeasure, { isScaled, attributed }: RankFacts): string {
  switch (measure) {
    case "specificity":
      return "Specificity (our choice): strength · log2(1 / density) bits. Strength is the largest activation in the span as a share of the latent’s largest in the collection, or of half its module’s p99.9 if that is larger. Latents that fire rarely in the collection but strongly here come first.";
    case "activation":
      return isScaled
        ? "Largest activation in the span over the 99.9th percentile of its module, so that modules can be compared. Ranked by absolute value."
        : "Largest activation in the span, in its module’s own units. Ranked by absolute value.";
    case "outputShare":
      return "Mean over the span’s tokens of the share that it has in its module’s update, ⟨c, Δ⟩ / ‖Δ‖². Ranked by absolute value.";
    case "attribution":
      return `Sum over the span of ${attributionWords(attributed)} if it were ablated, first order. Ranked by absolute value.`;
  }
}

function attributionWords(attributed: Attributed | null): string {
  if (attributed?.kind === "number") return "−a·∂y/∂a: about how much the number y would rise";
  if (attributed?.kind === "class") return `−a·∂L/∂a, L = −log p(${attributed.name}): about how much that loss would rise`;
  return "−a·∂L/∂a: about how much the text’s loss would rise";
}
