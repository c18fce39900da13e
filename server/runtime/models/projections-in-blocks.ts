import type { ModelSummary } from "@/lib/contract/model";

type Projection = ModelSummary["projections"][number];
/** Names and shapes of tensors. */
export type Tensors = { names(): readonly string[]; shape(name: string): readonly number[] };
export type FoundProjection = {
  readonly name: string;
  readonly layer: number;
  readonly dIn: number;
  readonly dOut: number;
  readonly weight: string;
};

/** @param before what stands before a block's number in the names of its tensors */
export function projectionsIn(before: string, weights: Tensors, numLayers: number): Projection[] {
  const found = weights.names().flatMap((weight): FoundProjection[] => {
    if (!weight.startsWith(before) || !weight.endsWith(".weight")) return [];
    const [layer = "", ...module] = weight.slice(before.length, -".weight".length).split(".");
    const [dOut, dIn, ...rest] = weights.shape(weight);
    if (dOut === undefined || dIn === undefined || rest.length > 0) return [];
    return [{ name: module.join("."), layer: Number(layer), dIn, dOut, weight }];
  });
  return overBlocks(found, numLayers, weights);
}

/** Each projection once, those of the first block first, with the blocks that have it where not all do. */
export function overBlocks(found: readonly FoundProjection[], numLayers: number, weights: Tensors): Projection[] {
  const byName = new Map<string, { readonly first: FoundProjection; readonly layers: number[] }>();
  for (const one of found.toSorted((a, b) => a.layer - b.layer)) {
    if (one.layer >= numLayers) continue;
    const known = byName.get(one.name);
    if (known === undefined) byName.set(one.name, { first: one, layers: [one.layer] });
    else known.layers.push(one.layer);
  }
  return [...byName.values()].map(({ first: { name, dIn, dOut, weight }, layers }) => ({
    ...{ name, dIn, dOut, hasBias: hasBias(weight, weights) },
    ...(layers.length < numLayers ? { layers } : {}),
  }));
}

function hasBias(weightName: string, weights: Tensors): boolean {
  return weights.names().includes(weightName.replace(/weight$/, "bias"));
}
