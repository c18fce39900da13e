import type { LoraSizes } from "@/lib/contract/methods/lora/settings";
import type { StanSizes } from "@/lib/contract/methods/stan/settings";

/** Which projections carry the adapter. */
export type Targets = {
  /** Last parts of module names or whole names, as in PEFT; one string is a regular expression for the whole name. */
  readonly modules: readonly string[] | string;
  /** Only in these layers; in all when null. */
  readonly layers: readonly number[] | null;
};

/**
 * Which k entries of a token's pre-activations are kept: the largest ("signed", as the paper prints it), the largest with
 * negative ones then set to 0 ("relu"), or the largest by magnitude ("abs"). What "relu" writes is what TopK of ReLU(E x) writes; with
 * alpha · k / numLatents for alpha it is TopKLoRA, which scales by alpha / numLatents.
 */
export type Selection = "signed" | "relu" | "abs";

export type StanSettings = StanSizes & {
  readonly method: "stan";
  readonly selection: Selection;
  /** How D starts: at zero, so that the adapted model is the base model; or small and random. */
  readonly init: "zero" | "small";
  readonly targets: Targets;
};

export type LoraSettings = LoraSizes & {
  readonly method: "lora";
  /** Share of the entries of A's input that training sets to 0, in 0…1, 1 not included; none when absent. */
  readonly dropout?: number | undefined;
  /** DoRA: magnitudes apart from directions. */
  readonly useDora?: boolean | undefined;
  readonly targets: Targets;
};

export type AdapterSettings = StanSettings | LoraSettings;

type Adapted = {
  /** The checkpoint's own name. */
  readonly module: string;
  readonly name: string;
  readonly layer: number;
  readonly dIn: number;
  readonly dOut: number;
};

export type StanModule = Adapted & {
  readonly method: "stan";
  readonly numLatents: number;
  /** As configured; all latents are kept when it is not below `numLatents`. */
  readonly k: number;
  /** Factor on the update: alpha / k. */
  readonly scaling: number;
  readonly selection: Selection;
};

/** `numLatents` is the rank: each component is inspected and edited as a latent. */
export type LoraModule = Adapted & {
  readonly method: "lora";
  readonly numLatents: number;
  readonly scaling: number;
  /** In training alone. */
  readonly dropout?: number | undefined;
  /** Whether magnitudes are trained apart from directions. */
  readonly isDora?: boolean | undefined;
};

/** One adapted projection and its sizes. */
export type AdapterModule = StanModule | LoraModule;

/** Activations that a module gives for each token: k kept latents, or all components of LoRA. */
export function activationWidth(module: AdapterModule): number {
  return module.method === "stan" ? Math.min(module.k, module.numLatents) : module.numLatents;
}
