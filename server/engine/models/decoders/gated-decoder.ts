import type { GatedConfig, JoinedConfig } from "@/lib/contract/architectures/decoder-config";
import type { Block, CausalArchitecture } from "@/server/engine/models/block";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { demandWeights, type FrozenDtype, storedMatrix, type WeightSource } from "@/server/engine/models/weights";
import { scale } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, scalar, toBfloat16, toFloat32 } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import { frozenRows } from "@/server/engine/tensor/packed";
import { tidy } from "@/server/engine/tensor/scope";
import { attentionForm } from "./attention-form";
import { isTiedHead } from "./decoder-names";
import { expertMlp, type SavedExperts } from "./experts/expert-mlp";
import { gatedAttention, type SavedGatedAttention } from "./gated-attention";
import { gatedMlp, type SavedGatedMlp } from "./gated-mlp";
import { type BlockNorms, type GatedWeights, gatedWeightShapes, type MlpWeights, readGatedBlock, readNormGain } from "./gated-weights";
import { residualBranch, type SavedBranch } from "./residual-branch";
import { rotaryEmbedding } from "./rotary-embedding";
import type { SubLayer } from "./sub-layer";

type SavedMlp = SavedGatedMlp | SavedExperts;
export type SavedBranches<Attention, Mlp> = { readonly attention: SavedBranch<Attention>; readonly mlp: SavedBranch<Mlp> };
type GatedSaved = SavedBranches<SavedGatedAttention, SavedMlp>;

/** Rotary positions, RMS norms before, after or around attention and MLP, separate projections, a gated MLP or several as experts. A block is a part. */
export function gatedDecoder(config: GatedConfig, source: WeightSource, weights: FrozenWeights): InParts<CausalArchitecture<GatedSaved>> {
  demandWeights(source, gatedWeightShapes(config, source.names()), (name) => isTiedHead(name, config));
  return normedDecoder(config, source, weights, (layer) =>
    gatedBlock(config, layer, readGatedBlock(config, source, layer, weights), weights),
  );
}

/** A decoder of such blocks, whatever projections they have. */
export function* normedDecoder<Saved>(
  config: GatedConfig | JoinedConfig,
  source: WeightSource,
  weights: FrozenWeights,
  blockOf: (layer: number) => Block<Saved>,
): InParts<CausalArchitecture<Saved>> {
  const embeddings = config.rotary.map((settings) => rotaryEmbedding(settings, config.dHead, config.queryScale));
  const table = (name: string) => weights.table(storedMatrix(source, name));
  const embedding = table(`${config.names.embedding}.weight`);
  yield;
  const norm = readNormGain(config, source, config.names.finalNorm, weights);
  const head = config.tieWordEmbeddings ? embedding : table(`${config.names.head}.weight`);
  yield;
  const blocks: Block<Saved>[] = [];
  for (let layer = 0; layer < config.numLayers; layer++) {
    blocks.push(blockOf(layer));
    yield;
  }
  const embeddingScale = scaleIn(weights.dtype, config.embeddingScale);
  return {
    blocks,
    kvHeads: config.kvHeads,
    dHead: config.dHead,
    embed(ids) {
      const rows = frozenRows(embedding, fromValues(ids, [ids.length]));
      return embeddingScale === 1 ? rows : scale(rows, embeddingScale);
    },
    rotary: (positions, contexts) => embeddings.map((embedding) => embedding(positions, contexts)),
    finalNorm(x) {
      const { y, inverseRms } = rmsNorm(x, norm, config.normEpsilon);
      return { y, saved: inverseRms, backward: (dy) => rmsNormGrad(x, inverseRms, norm, dy) };
    },
    unembedding: { gain: norm, isCentred: false, head, cap: config.logitCap },
  };
}

/** A factor as a model in `dtype` has it: transformers makes it a number of that type. */
function scaleIn(dtype: FrozenDtype, factor: number): number {
  if (dtype === "float32") return factor;
  return tidy(() => readFloats(toFloat32(toBfloat16(scalar(factor)))))[0] ?? factor;
}

function gatedBlock(config: GatedConfig, layer: number, weights: GatedWeights, frozen: FrozenWeights): Block<GatedSaved> {
  const { normEpsilon } = config;
  const form = attentionForm(config, layer);
  const attention = gatedAttention(form, layer, weights.attention, frozen, normEpsilon);
  return twoBranches({ layer, window: form.window }, attention, mlpOf(config, weights.mlp, frozen), weights, normEpsilon);
}

/** A block of attention, then the MLP, each with its norms beside the residual stream. */
export function twoBranches<Attention, Mlp>(
  place: Pick<Block<unknown>, "layer" | "window">,
  ownAttention: SubLayer<Attention>,
  ownMlp: SubLayer<Mlp>,
  { attentionNorms, mlpNorms }: BlockNorms,
  epsilon: number,
): Block<SavedBranches<Attention, Mlp>> {
  const attention = residualBranch(ownAttention, attentionNorms, epsilon);
  const mlp = residualBranch(ownMlp, mlpNorms, epsilon);
  return {
    ...place,
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
function mlpOf(config: GatedConfig, mlp: MlpWeights, frozen: FrozenWeights): SubLayer<SavedMlp> {
  return mlp.kind === "experts" ? expertMlp(mlp.weights, mlp.settings, frozen, config.normEpsilon) : gatedMlp(config, mlp.weights, frozen);
}
