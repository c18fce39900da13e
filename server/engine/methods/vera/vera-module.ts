import type { AdaptableModule, Targets } from "@/server/engine/methods/targets";

export type VeraSettings = {
  readonly method: "vera";
  readonly rank: number;
  /** Every entry of λ_d before training. */
  readonly dInitial: number;
  /** Seed of A and B. */
  readonly projectionKey: number;
  /** Share of the entries of A's input that training sets to 0, in 0…1, 1 not included; none when absent. */
  readonly dropout?: number | undefined;
  readonly targets: Targets;
};

/** `numLatents` is the rank: each component is inspected and edited as a latent. */
export type VeraModule = AdaptableModule & {
  readonly method: "vera";
  readonly numLatents: number;
  /** 1: λ_d and λ_b are all that scales. */
  readonly scaling: number;
  /** In training alone. */
  readonly dropout?: number | undefined;
};
