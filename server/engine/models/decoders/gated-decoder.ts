import type { GatedConfig } from "@/lib/contract/architectures/decoder-config";
import type { Block, CausalArchitecture } from "@/server/engine/models/block";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { demandWeights, readVector, type WeightSource } from "@/server/engine/models/weights";
import { fromValues, toFloat32 } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { gatherRows } from "@/server/engine/tensor/layout";
import { rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import { attentionForm } from "./attention-form";
import { isTiedHead } from "./decoder-names";
import { expertMlp, type SavedExperts } from "./experts/expert-mlp";
import { gatedAttention, type SavedGatedAttention } from "./gated-attention";
import { gatedMlp, type SavedGatedMlp } from "./gated-mlp";
import { type GatedWeights, gatedWeightShapes, type MlpWeights, readGatedBlock } from "./gated-weights";
import { residualBranch, type SavedBranch } from "./residual-branch";
import { rotaryEmbedding } from "./rotary-embedding";
import type { SubLayer } from "./sub-layer";

type SavedMlp = SavedGatedMlp | SavedExperts;
type GatedSaved = { readonly attention: SavedBranch<SavedGatedAttention>; readonly mlp: SavedBranch<SavedMlp> };

/** Rotary positions, RMS norms before, after or around attention and MLP, separate projections, a gated MLP or several as experts. A block is a part. */
export function* gatedDecoder(config: GatedConfig, source: WeightSource, weights: FrozenWeights): InParts<CausalArchitecture<GatedSaved>> {
  demandWeights(source, gatedWeightShapes(config, source.names()), (name) => isTiedHead(name, config));
  const embeddings = config.rotary.map((settings) => rotaryEmbedding(settings, config.dHead));
  const vector = (name: string) => weights.hold(readVector(source, name));
  const matrix = (name: string) => weights.matrix(source.read(name), source.shape(name));
  const embedding = matrix(`${config.names.embedding}.weight`);
  yield;
  const norm = vector(`${config.names.finalNorm}.weight`);
  const head = config.tieWordEmbeddings ? embedding : matrix(`${config.names.head}.weight`);
  yield;
  const blocks: Block<GatedSaved>[] = [];
  for (let layer = 0; layer < config.numLayers; layer++) {
    blocks.push(gatedBlock(config, layer, readGatedBlock(config, source, layer, weights), weights));
    yield;
  }
  return {
    blocks,
    kvHeads: config.kvHeads,
    dHead: config.dHead,
    embed(ids) {
      const rows = gatherRows(embedding, fromValues(ids, [ids.length]));
      return weights.dtype === "bfloat16" ? toFloat32(rows) : rows;
    },
    rotary: (positions, contexts) => embeddings.map((embedding) => embedding(positions, contexts)),
    finalNorm(x) {
      const { y, inverseRms } = rmsNorm(x, norm, config.normEpsilon);
      return { y, saved: inverseRms, backward: (dy) => rmsNormGrad(x, inverseRms, norm, dy) };
    },
    unembedding: { gain: norm, isCentred: false, head },
  };
}

function gatedBlock(config: GatedConfig, layer: number, weights: GatedWeights, frozen: FrozenWeights): Block<GatedSaved> {
  const { normEpsilon } = config;
  const form = attentionForm(config, layer);
  const ownAttention = gatedAttention(form, layer, weights.attention, frozen, normEpsilon);
  const ownMlp = mlpOf(weights.mlp, frozen, normEpsilon);
  const attention = residualBranch(ownAttention, weights.attentionNorms, normEpsilon);
  const mlp = residualBranch(ownMlp, weights.mlpNorms, normEpsilon);
  return {
    layer,
    window: form.window,
    projections: [...ownAttention.projections, ...ownMlp.projections],
    forward(x, pass) {
      const middle = attention.forward(x, pass);
      const { y, saved } = mlp.forward(middle.y, pass);
      return { y, saved: { attention: middle.saved, mlp: saved } };
    },
    backward(dy, saved, pass, needsInput, gradients) {
      const needsMiddle = needsInput || attention.isAdapted(saved.attention);
      const dMiddle = mlp.backward(dy, saved.mlp, pass, needsMiddle, gradients);
      return dMiddle && attention.backward(dMiddle, saved.attention, pass, needsInput, gradients);
    },
    step: (x, pass) => mlp.step(attention.step(x, pass), pass),
  };
}

/** A sub-layer is given back only what it saved itself. */
function mlpOf(mlp: MlpWeights, frozen: FrozenWeights, epsilon: number): SubLayer<SavedMlp> {
  return mlp.kind === "experts" ? expertMlp(mlp.weights, mlp.settings, frozen, epsilon) : gatedMlp(mlp.weights, frozen, epsilon);
}
