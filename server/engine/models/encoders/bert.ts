import type { BertConfig } from "@/lib/contract/architectures/encoder-config";
import { positionsOf } from "@/server/engine/models/batch";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { demandWeights, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";
import { headShapesOf, readCheckpointHead } from "./checkpoint-head";
import { classificationHead } from "./classification-head";
import type { EncoderArchitecture } from "./encoder-architecture";
import { demandText, positionsFromIds, type TextBatch } from "./encoder-batch";
import { addBlockShapes, type BlockSaved, encoderBlock } from "./encoder-block";
import { textInputs } from "./encoder-inputs";
import { addLinear, addNorm, encoderReader, isPretrainingTensor, namedAsClassifier } from "./encoder-weights";
import { ATTENTION_INPUTS, flashSelfAttention, inputProjections, type SavedSelfAttention } from "./flash-self-attention";
import { inputEmbeddings } from "./input-embeddings";

/**
 * BERT and RoBERTa (Liu et al. 2019): embeddings of tokens, absolute positions and segments, then post-norm blocks. They differ by how
 * positions are counted and by the head.
 */
export function bertArchitecture(
  config: BertConfig,
  checkpoint: WeightSource,
  weights: FrozenWeights,
): EncoderArchitecture<BlockSaved<SavedSelfAttention>, TextBatch> {
  const { prefix, inner, pooler } = config.names;
  const source = namedAsClassifier(checkpoint, config.names);
  const poolerName = source.names().includes(`${pooler}.weight`) ? pooler : undefined;
  const head = headShapesOf(config, source);
  demandWeights(source, bertWeightShapes(config, poolerName, head), (name) => mayIgnore(name, config));
  const reader = encoderReader(source, weights);
  const embed = inputEmbeddings(config, reader, (batch) => positionsIn(batch, config));
  const blocks = Array.from({ length: config.numLayers }, (_, layer) => {
    const block = `${prefix}.${inner.layers}.${layer}`;
    const inputs = inputProjections((name) => reader.linear(`${block}.${inner[name]}`, layer));
    return encoderBlock(config, block, layer, flashSelfAttention(inputs, config), reader);
  });

  return {
    blocks,
    pooler: poolerName === undefined ? undefined : reader.linear(poolerName, config.numLayers),
    checkpointHead: readCheckpointHead(source, head),
    head: (numLabels, frozen) => classificationHead(config, frozen, numLabels),
    inputs: textInputs(config),
    reads: (batch) => demandText(batch, config),
    embed,
  };
}

function positionsIn(batch: TextBatch, { positionsFrom, padId }: BertConfig): Int32Array {
  if (batch.positionIds !== undefined) return batch.positionIds;
  return positionsFrom === "padId" ? positionsFromIds(batch, padId) : positionsOf(batch);
}

function bertWeightShapes(config: BertConfig, poolerName: string | undefined, head: WeightShapes | undefined): WeightShapes {
  const { vocab, dModel, numPositions, typeVocab, numLayers } = config;
  const { prefix, inner } = config.names;
  const shapes = new Map<string, readonly number[]>([
    [`${prefix}.${inner.wordEmbedding}.weight`, [vocab, dModel]],
    [`${prefix}.${inner.positionEmbedding}.weight`, [numPositions, dModel]],
  ]);
  if (typeVocab > 0) shapes.set(`${prefix}.${inner.typeEmbedding}.weight`, [typeVocab, dModel]);
  addNorm(shapes, `${prefix}.${inner.embeddingNorm}`, dModel);
  for (let layer = 0; layer < numLayers; layer++) {
    const block = `${prefix}.${inner.layers}.${layer}`;
    for (const name of ATTENTION_INPUTS) addLinear(shapes, `${block}.${inner[name]}`, dModel, dModel);
    addBlockShapes(shapes, block, config);
  }
  if (poolerName !== undefined) addLinear(shapes, poolerName, dModel, dModel);
  for (const [name, shape] of head ?? []) shapes.set(name, shape);
  return shapes;
}

/** A head with a dense layer of its own does not read the pooler that some checkpoints have. */
function mayIgnore(name: string, { names }: BertConfig): boolean {
  return isPretrainingTensor(name) || (names.pooler === undefined && name.startsWith(`${names.prefix}.pooler.`));
}
