import type { ExpertSettings } from "@/lib/contract/architectures/decoder-config";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { holdMatrix, joinRows, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** The frozen tensors of one layer's experts. */
export type ExpertWeights = {
  /** (count, dModel), float32 always: a rounded logit may choose another expert. */
  readonly router: Tensor;
  readonly experts: readonly {
    /** (2 · dFeedForward, dModel), the gate's rows first */
    readonly gateUp: Tensor;
    /** (dModel, dFeedForward) */
    readonly down: Tensor;
  }[];
};

/** Names of a layer's experts in a checkpoint, whole. */
export type ExpertNames = { readonly router: string; readonly experts: string };

/**
 * Published files have three matrices of each expert; those with the live model's names one stack of all gates and ups and one of all downs; GGUF
 * files a stack of each kind.
 */
const stackedNames = ({ experts }: ExpertNames) => ({ gateUp: `${experts}.gate_up_proj`, down: `${experts}.down_proj` });
const kindNames = ({ experts }: ExpertNames) => ({
  gate: `${experts}.gate_proj.weight`,
  up: `${experts}.up_proj.weight`,
  down: `${experts}.down_proj.weight`,
});
const separateNames = ({ experts }: ExpertNames, expert: number) => ({
  gate: `${experts}.${expert}.gate_proj.weight`,
  up: `${experts}.${expert}.up_proj.weight`,
  down: `${experts}.${expert}.down_proj.weight`,
});

/** @param stored the names that the checkpoint has, which tell its form */
export function expertShapes(
  names: ExpertNames,
  { count, dFeedForward }: ExpertSettings,
  dModel: number,
  stored: ReadonlySet<string>,
): WeightShapes {
  const shapes = new Map<string, readonly number[]>([[`${names.router}.weight`, [count, dModel]]]);
  const stacked = stackedNames(names);
  if (stored.has(stacked.gateUp)) {
    return shapes.set(stacked.gateUp, [count, 2 * dFeedForward, dModel]).set(stacked.down, [count, dModel, dFeedForward]);
  }
  const kinds = kindNames(names);
  if (stored.has(kinds.gate)) {
    for (const kind of [kinds.gate, kinds.up]) shapes.set(kind, [count, dFeedForward, dModel]);
    return shapes.set(kinds.down, [count, dModel, dFeedForward]);
  }
  for (let expert = 0; expert < count; expert++) {
    const { gate, up, down } = separateNames(names, expert);
    shapes.set(gate, [dFeedForward, dModel]).set(up, [dFeedForward, dModel]).set(down, [dModel, dFeedForward]);
  }
  return shapes;
}

export function readExperts(
  names: ExpertNames,
  { count, dFeedForward }: ExpertSettings,
  dModel: number,
  source: WeightSource,
  weights: FrozenWeights,
): ExpertWeights {
  const router = weights.hold(holdMatrix(source.read(`${names.router}.weight`), [count, dModel], "float32"));
  const read = valuesOf(names, count, source);
  const experts = Array.from({ length: count }, (_, expert) => {
    const { gateUp, down } = read(expert);
    return { gateUp: weights.dense(gateUp, [2 * dFeedForward, dModel]), down: weights.dense(down, [dModel, dFeedForward]) };
  });
  return { router, experts };
}

type ExpertValues = { readonly gateUp: Float32Array; readonly down: Float32Array };

function valuesOf(names: ExpertNames, count: number, source: WeightSource): (expert: number) => ExpertValues {
  const stored = new Set(source.names());
  const part = (all: Float32Array, expert: number) => all.subarray((expert * all.length) / count, ((expert + 1) * all.length) / count);
  const stacked = stackedNames(names);
  if (stored.has(stacked.gateUp)) {
    const [gateUps, downs] = [source.read(stacked.gateUp), source.read(stacked.down)];
    return (expert) => ({ gateUp: part(gateUps, expert), down: part(downs, expert) });
  }
  const kinds = kindNames(names);
  if (stored.has(kinds.gate)) {
    const [gates, ups, downs] = [source.read(kinds.gate), source.read(kinds.up), source.read(kinds.down)];
    return (expert) => ({ gateUp: joinRows([part(gates, expert), part(ups, expert)]), down: part(downs, expert) });
  }
  return (expert) => {
    const { gate, up, down } = separateNames(names, expert);
    return { gateUp: joinRows([source.read(gate), source.read(up)]), down: source.read(down) };
  };
}
