import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import type { LatentSelection, TrainingOptions } from "@/server/engine/methods/attached-module";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Kept, keepFrom, passing } from "./keep-latents";
import { reselect } from "./reselect";
import type { StanModule } from "./stan-module";
import { type KeepInTraining, keepEachToken } from "./training-hook";

/** How a module selects its latents. */
export type Selector = {
  inTraining(options: Pick<TrainingOptions, "attentionMask" | "draw">): KeepInTraining;
  /** In inference, of pre-activations (tokens, numLatents). */
  keep(preActivations: Tensor): Kept;
  readonly refills: LatentSelection["refills"];
  readonly reselect: LatentSelection["reselect"];
  /** What a gradient passes through, by activation: 1 or 0; undefined where it passes through all. */
  passing(values: Tensor): Tensor | undefined;
  readonly endStep?: () => void;
  /** What is stored beside the matrices. */
  stored(): Omit<StanTensors, "E" | "D">;
};

/** TopK: k latents at each token, in training and in inference. */
export function eachToken(module: StanModule): Selector {
  return {
    inTraining: () => keepEachToken(module),
    keep: (preActivations) => keepFrom(module, preActivations),
    refills: true,
    reselect: (preActivations, before, rulings) => reselect(module, preActivations, before, rulings),
    passing: (values) => passing(module, values),
    stored: () => ({}),
  };
}
