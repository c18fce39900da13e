import { readFloats, readInts } from "@/server/engine/tensor/create";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** Activations on the device, (tokens, width): kept latents by ascending index, or all in their order with `indices` undefined. */
export type Activations = { readonly indices: Tensor | undefined; readonly values: Tensor };

/** Activations of some tokens on the host; by ascending latent index in each token. */
export type HostActivations = {
  readonly tokens: number;
  /** Entries a token. */
  readonly width: number;
  /** (tokens · width) */
  readonly indices: Int32Array;
  readonly values: Float32Array;
};

/** One token's part of them. */
export type TokenActivations = { readonly indices: Int32Array; readonly values: Float32Array };

export function onHost({ indices, values }: Activations): HostActivations {
  const [tokens = 0, width = 0] = values.shape;
  return { tokens, width, indices: indices === undefined ? allInOrder(tokens, width) : readInts(indices), values: readFloats(values) };
}

export function tokenOf({ width, indices, values }: HostActivations, token: number): TokenActivations {
  const [from, to] = [token * width, (token + 1) * width];
  return { indices: indices.subarray(from, to), values: values.subarray(from, to) };
}

/** A latent's activation at a token, 0 where it is not kept. */
export function activationOf({ indices, values }: TokenActivations, index: number): number {
  const slot = indices.indexOf(index);
  return slot < 0 ? 0 : (values[slot] as number);
}

function allInOrder(tokens: number, width: number): Int32Array {
  const indices = new Int32Array(tokens * width);
  for (let at = 0; at < indices.length; at++) indices[at] = at % width;
  return indices;
}
