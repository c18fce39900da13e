import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { gatherRows, reshape } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import { topK } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { keptWidth, type StanModule } from "./stan-module";

/** The kept latents of each token, both (tokens, k), by ascending index. */
export type Kept = { readonly indices: Tensor; readonly values: Tensor };

/** TopK_k of pre-activations (tokens, numLatents), which stay the caller's. */
export function keepFrom(module: StanModule, preActivations: Tensor): Kept {
  return tidy(() => {
    const kept = firstInRank(module, preActivations, keptWidth(module));
    return module.selection === "relu" ? { ...kept, values: rectified(kept.values) } : kept;
  });
}

/**
 * The `width` entries of each token that would be kept first, both (tokens, width) by ascending index, with their raw pre-activations: what is kept
 * once some latents are masked is among them.
 */
export function firstInRank(module: StanModule, preActivations: Tensor, width: number): Kept {
  return tidy(() => (module.selection === "abs" ? keepByMagnitude(preActivations, width) : topK(preActivations, width)));
}

/** What a gradient passes through: 1 where an activation is above 0, else 0; undefined where a selection sets none to 0. */
export function passing({ selection }: StanModule, values: Tensor): Tensor | undefined {
  return selection === "relu" ? onHost(values, (value) => (value > 0 ? 1 : 0)) : undefined;
}

function rectified(values: Tensor): Tensor {
  return onHost(values, (value) => Math.max(value, 0));
}

/** The same by entry on the host. */
export function onHost(values: Tensor, map: (value: number) => number): Tensor {
  return fromValues(readFloats(values).map(map), values.shape);
}

/** The k entries largest in magnitude, with their own signs. */
function keepByMagnitude(preActivations: Tensor, k: number): Kept {
  const [tokens = 0, numLatents = 0] = preActivations.shape;
  const { indices } = topK(onHost(preActivations, Math.abs), k);
  const flat = readInts(indices).map((latent, i) => Math.floor(i / k) * numLatents + latent);
  const values = gatherRows(reshape(preActivations, [tokens * numLatents, 1]), fromValues(flat, [tokens * k]));
  return { indices, values: reshape(values, [tokens, k]) };
}
