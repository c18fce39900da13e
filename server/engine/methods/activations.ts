import { readFloats, readInts } from "@/server/engine/tensor/create";
import type { Tensor } from "@/server/engine/tensor/tensor";

/**
 * Activations on the device, (tokens, width): kept latents by ascending index, or all in their order with `indices` undefined. Where tokens differ in
 * how many they keep, `width` is the most, and the others are filled up with latents of activation 0.
 */
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

/** Writes a token's activations into its place, ascending, filled up to the width with the lowest latents that it has not. */
export function layToken({ width, indices, values }: HostActivations, token: number, own: TokenActivations): void {
  const missing = width - own.indices.length;
  const from = token * width;
  if (missing === 0) {
    indices.set(own.indices, from);
    values.set(own.values, from);
    return;
  }
  let slot = 0;
  let filled = 0;
  for (let at = from, index = 0; at < from + width; index++) {
    const isOwn = own.indices[slot] === index;
    if (!isOwn && filled === missing) {
      indices.set(own.indices.subarray(slot), at);
      values.set(own.values.subarray(slot), at);
      return;
    }
    indices[at] = index;
    values[at] = isOwn ? (own.values[slot] as number) : 0;
    if (isOwn) slot++;
    else filled++;
    at++;
  }
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
