import type { LoraSizes } from "@/lib/contract/methods/lora/settings";
import type { AdaptableModule, Targets } from "@/server/engine/methods/targets";

export type LoraSettings = LoraSizes & {
  readonly method: "lora";
  /** Share of the entries of A's input that training sets to 0, in 0…1, 1 not included; none when absent. */
  readonly dropout?: number | undefined;
  /** DoRA: magnitudes apart from directions. */
  readonly useDora?: boolean | undefined;
  readonly targets: Targets;
};

/** `numLatents` is the rank: each component is inspected and edited as a latent. */
export type LoraModule = AdaptableModule & {
  readonly method: "lora";
  readonly numLatents: number;
  readonly scaling: number;
  /** In training alone. */
  readonly dropout?: number | undefined;
  /** Whether magnitudes are trained apart from directions. */
  readonly isDora?: boolean | undefined;
};
