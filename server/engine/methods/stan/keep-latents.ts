import { relu } from "@/server/engine/tensor/activations";
import { sign } from "@/server/engine/tensor/arithmetic";
import { tidy } from "@/server/engine/tensor/scope";
import { topK, topKByMagnitude } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { keptWidth, type StanModule } from "./stan-module";

/** The kept latents of each token, both (tokens, k), by ascending index. */
export type Kept = { readonly indices: Tensor; readonly values: Tensor };

/** TopK_k of pre-activations (tokens, numLatents), which stay the caller's. */
export function keepFrom(module: StanModule, preActivations: Tensor): Kept {
  return tidy(() => {
    const kept = firstInRank(module, preActivations, keptWidth(module));
    return module.selection === "relu" ? { ...kept, values: relu(kept.values) } : kept;
  });
}

/**
 * The `width` entries of each token that would be kept first, both (tokens, width) by ascending index, with their raw pre-activations: what is kept
 * once some latents are masked is among them.
 */
export function firstInRank(module: StanModule, preActivations: Tensor, width: number): Kept {
  return module.selection === "abs" ? topKByMagnitude(preActivations, width) : topK(preActivations, width);
}

/** What a gradient passes through: 1 where an activation is above 0, else 0; undefined where a selection sets none to 0. */
export function passing({ selection }: StanModule, values: Tensor): Tensor | undefined {
  return selection === "relu" ? tidy(() => sign(relu(values))) : undefined;
}
