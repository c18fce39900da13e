import type { DebertaConfig } from "@/lib/contract/architectures/encoder-config";
import { positionsOf } from "@/server/engine/models/batch";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { demandWeights, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";
import { multiply } from "@/server/engine/tensor/arithmetic";
import { fromValues } from "@/server/engine/tensor/create";
import { layerNorm } from "@/server/engine/tensor/normalise";
import { keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { headShapesOf, readCheckpointHead } from "./checkpoint-head";
import { classificationHead } from "./classification-head";
import { type DisentangledSaved, disentangledAttention, disentangledModules } from "./disentangled-attention";
import type { EncoderArchitecture } from "./encoder-architecture";
import { demandText, isPadded, needsBias, pairBias, type TextBatch } from "./encoder-batch";
import { addBlockShapes, type BlockSaved, encoderBlock } from "./encoder-block";
import { textInputs } from "./encoder-inputs";
import { addLinear, addNorm, type EncoderReader, encoderReader, isPretrainingTensor, namedAsClassifier } from "./encoder-weights";
import { inputEmbeddings } from "./input-embeddings";
import { relativePass } from "./relative-positions";

/** DeBERTa-v2 and -v3 (He et al. 2020, 2021): post-norm blocks whose attention looks at contents and at relative positions apart. */
export function debertaArchitecture(
  config: DebertaConfig,
  checkpoint: WeightSource,
  weights: FrozenWeights,
): EncoderArchitecture<BlockSaved<DisentangledSaved>, TextBatch> {
  const { prefix, inner, pooler } = config.names;
  const source = namedAsClassifier(checkpoint, config.names);
  const poolerName = source.names().includes(`${pooler}.weight`) ? pooler : undefined;
  const head = headShapesOf(config, source);
  demandWeights(source, debertaWeightShapes(config, poolerName, head), (name) => mayIgnore(name, config));
  const reader = encoderReader(source, weights);
  const embed = inputEmbeddings(config, reader, config.hasPositions ? positionsOf : undefined);
  const relativeTable = config.numRelative === 0 ? undefined : readRelativeTable(config, source, reader, weights);
  const blocks = Array.from({ length: config.numLayers }, (_, layer) => {
    const block = `${prefix}.${inner.layers}.${layer}`;
    return encoderBlock(config, block, layer, disentangledAttention(config, block, layer, reader), reader);
  });

  return {
    blocks,
    pooler: poolerName === undefined ? undefined : reader.linear(poolerName, config.numLayers),
    checkpointHead: readCheckpointHead(source, head),
    head: (numLabels, frozen) => classificationHead(config, frozen, numLabels),
    inputs: textInputs(config),
    reads: (batch) => demandText(batch, config),
    embed(batch) {
      return tidy(() => {
        const y = embed(batch);
        if (batch.attentionMask === undefined || !isPadded(batch)) return y;
        const isReal = Float32Array.from(batch.attentionMask, (real) => (real === 0 ? 0 : 1));
        return multiply(y, fromValues(isReal, [isReal.length, 1]));
      });
    },
    attentionBias: (batch) => (needsBias(batch) ? fromValues(pairBias(batch), [1, batch.rows, batch.tokens, batch.tokens]) : undefined),
    relative: (tokens, hooks) => (relativeTable === undefined ? undefined : relativePass(tokens, relativeTable, config, hooks)),
  };
}

/** The embeddings of relative positions as all blocks read them: frozen, so their norm is taken once. */
function readRelativeTable(config: DebertaConfig, source: WeightSource, reader: EncoderReader, weights: FrozenWeights): Tensor {
  const { prefix } = config.names;
  const name = `${prefix}.${config.relativeNames.table}.weight`;
  const norm = config.normalisesRelative ? reader.norm(`${prefix}.${config.relativeNames.norm}`) : undefined;
  const table = tidy(() => {
    const stored = fromValues(source.read(name), source.shape(name));
    return norm === undefined ? stored : layerNorm(stored, norm.weight, norm.bias, config.normEpsilon).y;
  });
  return weights.hold(keep(table));
}

function debertaWeightShapes(config: DebertaConfig, poolerName: string | undefined, head: WeightShapes | undefined): WeightShapes {
  const { vocab, dModel, numPositions, typeVocab, numLayers, numRelative, relativeNames } = config;
  const { prefix, inner } = config.names;
  const shapes = new Map<string, readonly number[]>([[`${prefix}.${inner.wordEmbedding}.weight`, [vocab, dModel]]]);
  if (config.hasPositions) shapes.set(`${prefix}.${inner.positionEmbedding}.weight`, [numPositions, dModel]);
  if (typeVocab > 0) shapes.set(`${prefix}.${inner.typeEmbedding}.weight`, [typeVocab, dModel]);
  addNorm(shapes, `${prefix}.${inner.embeddingNorm}`, dModel);
  if (numRelative > 0) shapes.set(`${prefix}.${relativeNames.table}.weight`, [numRelative, dModel]);
  if (config.normalisesRelative) addNorm(shapes, `${prefix}.${relativeNames.norm}`, dModel);
  for (let layer = 0; layer < numLayers; layer++) {
    const block = `${prefix}.${inner.layers}.${layer}`;
    for (const name of disentangledModules(config)) addLinear(shapes, `${block}.${name}`, dModel, dModel);
    addBlockShapes(shapes, block, config);
  }
  if (poolerName !== undefined) addLinear(shapes, poolerName, dModel, dModel);
  for (const [name, shape] of head ?? []) shapes.set(name, shape);
  return shapes;
}

/** DeBERTa-v3's checkpoints hold absolute positions that only its generator's head read. */
function mayIgnore(name: string, config: DebertaConfig): boolean {
  return (
    isPretrainingTensor(name) || (!config.hasPositions && name === `${config.names.prefix}.${config.names.inner.positionEmbedding}.weight`)
  );
}
