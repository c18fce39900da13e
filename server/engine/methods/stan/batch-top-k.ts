import { type HostActivations, layToken } from "@/server/engine/methods/activations";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { gatherRows, reshape } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { firstInRank } from "./keep-latents";
import { keptWidth, type StanModule } from "./stan-module";

/*
 * BatchTopK (Bussmann et al. 2024, arXiv:2412.06410): training keeps the k · n largest pre-activations of a batch of n tokens, inference those above a
 * threshold. Tokens then differ in how many latents they keep.
 */

/** Kept entries of pre-activations (tokens, numLatents), ascending by their flat place token · numLatents + latent, with raw values. */
export type KeptEntries = { readonly tokens: number; readonly places: Int32Array; readonly values: Float32Array };

/**
 * The k · n largest entries over the n counted tokens; of equal ones those at the lower place. Tokens that do not count keep nothing.
 *
 * @param attentionMask (tokens) 0 where a token does not count; all count when undefined
 */
export function largestOfBatch(module: StanModule, preActivations: Tensor, attentionMask: Int32Array | undefined): KeptEntries {
  const { numLatents } = module;
  const [tokens = 0] = preActivations.shape;
  const counted = Int32Array.from({ length: tokens }, (_, token) => token).filter((token) => attentionMask?.[token] !== 0);
  const number = keptWidth(module) * counted.length;
  if (number === 0) return { tokens, places: new Int32Array(0), values: new Float32Array(0) };
  return tidy(() => {
    const rows = counted.length === tokens ? preActivations : gatherRows(preActivations, fromValues(counted, [counted.length]));
    const kept = firstInRank(module, reshape(rows, [1, counted.length * numLatents]), number);
    const places = readInts(kept.indices).map((at) => (counted[Math.floor(at / numLatents)] as number) * numLatents + (at % numLatents));
    return { tokens, places, values: readFloats(kept.values) };
  });
}

/** The entries whose value, or magnitude where that is what ranks them, is above the threshold. */
export function entriesAbove(module: StanModule, preActivations: Tensor, threshold: number): KeptEntries {
  const [tokens = 0] = preActivations.shape;
  const all = readFloats(preActivations);
  const isKept = module.selection === "abs" ? (value: number) => Math.abs(value) > threshold : (value: number) => value > threshold;
  let number = 0;
  for (const value of all) if (isKept(value)) number++;
  const places = new Int32Array(number);
  const values = new Float32Array(number);
  for (let place = 0, at = 0; at < number; place++) {
    const value = all[place] as number;
    if (!isKept(value)) continue;
    places[at] = place;
    values[at++] = value;
  }
  return { tokens, places, values };
}

/** The lowest rank among kept entries; Infinity where there are none. */
export function smallestOf({ selection }: StanModule, { values }: KeptEntries): number {
  return values.reduce((least, value) => Math.min(least, selection === "abs" ? Math.abs(value) : value), Number.POSITIVE_INFINITY);
}

/** Lays kept entries in rows as wide as the token that keeps most, and at least 1. */
export function layEntries(module: StanModule, { tokens, places, values }: KeptEntries): HostActivations {
  const { numLatents, selection } = module;
  const counts = new Int32Array(tokens);
  let width = 1;
  for (const place of places) {
    const token = Math.floor(place / numLatents);
    const count = (counts[token] as number) + 1;
    counts[token] = count;
    width = Math.max(width, count);
  }
  const written = selection === "relu" ? values.map((value) => Math.max(value, 0)) : values;
  const latents = places.map((place) => place % numLatents);
  const laid = { tokens, width, indices: new Int32Array(tokens * width), values: new Float32Array(tokens * width) };
  for (let token = 0, from = 0; token < tokens; token++) {
    const to = from + (counts[token] as number);
    layToken(laid, token, { indices: latents.subarray(from, to), values: written.subarray(from, to) });
    from = to;
  }
  return laid;
}

/** (tokens, width) of laid entries: 1 for those that are kept, 0 for those that only fill a row up to the width. */
export function keptMarks({ numLatents }: StanModule, { places }: KeptEntries, { width, indices }: HostActivations): Float32Array {
  let next = 0;
  return Float32Array.from(indices, (latent, at) => {
    if (places[next] !== Math.floor(at / width) * numLatents + latent) return 0;
    next++;
    return 1;
  });
}
