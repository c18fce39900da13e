import type { StanConfig, StanPart, StanSizes } from "@/lib/contract/methods/stan/settings";
import type { AdaptableModule, Targets } from "@/server/engine/methods/targets";

/**
 * Which k entries of a token's pre-activations are kept: the largest ("signed", as the paper prints it), the largest with
 * negative ones then set to 0 ("relu"), or the largest by magnitude ("abs"). What "relu" writes is what TopK of ReLU(E x) writes; with
 * alpha · k / numLatents for alpha it is TopKLoRA, which scales by alpha / numLatents.
 */
export type Selection = "signed" | "relu" | "abs";

/** What k counts: the latents kept at each token ("topk", also when absent), or their mean over the tokens of a micro-batch. */
type Sparsity = StanConfig["sparsity"];

export type StanSettings = StanSizes & {
  readonly method: "stan";
  readonly selection: Selection;
  /** How D starts: at zero, so that the adapted model is the base model; or small and random. */
  readonly init: "zero" | "small";
  readonly sparsity?: Sparsity;
  readonly targets: Targets;
};

export type StanModule = AdaptableModule & {
  readonly method: "stan";
  readonly numLatents: number;
  /** As configured; all latents are kept when it is not below `numLatents`. */
  readonly k: number;
  /** Factor on the update: alpha / k. */
  readonly scaling: number;
  readonly selection: Selection;
  readonly sparsity?: Sparsity;
  /** Of merged adapters: TopK selects in each part apart. */
  readonly parts?: readonly StanPart[];
};

/** Latents that are kept at each token; with BatchTopK on average. */
export function keptWidth({ k, numLatents, parts = [{ numLatents, k }] }: StanModule): number {
  return parts.reduce((sum, part) => sum + Math.min(part.k, part.numLatents), 0);
}
