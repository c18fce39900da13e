import type { BertConfig } from "@/lib/contract/architectures/encoder-config";
import { positionsOf } from "@/server/engine/models/batch";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { type Projection, project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { demandWeights, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";
import { flashAttention, flashAttentionGrad, type SavedFlash } from "@/server/engine/tensor/flash-attention";
import { reshape } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { headShapesOf, readCheckpointHead } from "./checkpoint-head";
import type { EncoderArchitecture } from "./encoder-architecture";
import { positionsFromIds } from "./encoder-batch";
import { addBlockShapes, encoderBlock, type SelfAttention } from "./encoder-block";
import type { EncoderBatch } from "./encoder-model";
import { addLinear, addNorm, type EncoderReader, encoderReader, isPretrainingTensor, namedAsClassifier } from "./encoder-weights";
import { inputEmbeddings } from "./input-embeddings";

const INPUTS = ["query", "key", "value"] as const;
type Input = (typeof INPUTS)[number];

type BertSaved = { readonly attention: SavedFlash; readonly adapted: Readonly<Record<Input, SavedProjection>> };

/**
 * BERT and RoBERTa (Liu et al. 2019): embeddings of tokens, absolute positions and segments, then post-norm blocks. They differ by how
 * positions are counted and by the head.
 */
export function bertArchitecture(config: BertConfig, checkpoint: WeightSource, weights: FrozenWeights): EncoderArchitecture<BertSaved> {
  const { prefix, inner, pooler } = config.names;
  const source = namedAsClassifier(checkpoint, config.names);
  const poolerName = source.names().includes(`${pooler}.weight`) ? pooler : undefined;
  const head = headShapesOf(config, source);
  demandWeights(source, bertWeightShapes(config, poolerName, head), (name) => mayIgnore(name, config));
  const reader = encoderReader(source, weights);
  const embed = inputEmbeddings(config, reader, (batch) => positionsIn(batch, config));
  const blocks = Array.from({ length: config.numLayers }, (_, layer) => {
    const block = `${prefix}.${inner.layers}.${layer}`;
    return encoderBlock(config, block, layer, selfAttention(config, block, layer, reader), reader);
  });

  return {
    blocks,
    pooler: poolerName === undefined ? undefined : reader.linear(poolerName, config.numLayers),
    checkpointHead: readCheckpointHead(source, head),
    embed,
    attentionBias: () => undefined,
    relative: () => undefined,
  };
}

function positionsIn(batch: EncoderBatch, { positionsFrom, padId }: BertConfig): Int32Array {
  if (batch.positionIds !== undefined) return batch.positionIds;
  return positionsFrom === "padId" ? positionsFromIds(batch, padId) : positionsOf(batch);
}

function selfAttention(config: BertConfig, prefix: string, layer: number, reader: EncoderReader): SelfAttention<BertSaved> {
  const own = Object.fromEntries(INPUTS.map((name) => [name, reader.linear(`${prefix}.${config.names.inner[name]}`, layer)])) as Record<
    Input,
    Projection
  >;
  const { heads, dHead } = config;
  const factors = { scale: dHead ** -0.5 };
  const width = heads * dHead;

  return {
    projections: INPUTS.map((name) => own[name]),
    forward(x, pass) {
      const [q, k, v] = INPUTS.map((name) => project(own[name], x, pass.hooks, pass.hookPass)) as [Out, Out, Out];
      const byHead = ({ output }: Out) => reshape(output, [pass.rows, pass.tokens, heads, dHead]);
      const { mixed, saved } = flashAttention(byHead(q), byHead(k), byHead(v), pass.bounds, factors);
      const adapted = { query: q.saved, key: k.saved, value: v.saved };
      return { mixed: reshape(mixed, [pass.rows * pass.tokens, width]), saved: { attention: saved, adapted } };
    },
    isAdapted: ({ adapted }) => INPUTS.some((name) => adapted[name] !== undefined),
    backward(dMixed, { attention, adapted }, pass, needsInput, gradients: Gradients) {
      const needs = (name: Input) => needsInput || adapted[name] !== undefined;
      const dHeads = reshape(dMixed, attention.q.shape);
      const wanted = { q: needs("query"), k: needs("key"), v: needs("value") };
      const { dQ, dK, dV } = flashAttentionGrad(dHeads, attention, pass.bounds, factors, wanted);
      const back = (name: Input, d: Tensor | undefined) =>
        d === undefined ? [] : projectBackward(own[name], reshape(d, dMixed.shape), adapted[name], needsInput, gradients);
      return [...back("query", dQ), ...back("key", dK), ...back("value", dV)];
    },
  };
}

type Out = ReturnType<typeof project>;

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
    for (const name of INPUTS) addLinear(shapes, `${block}.${inner[name]}`, dModel, dModel);
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
