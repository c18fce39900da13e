import type { FusedConfig } from "@/lib/contract/architectures/decoder-config";
import type { Block, CausalArchitecture } from "@/server/engine/models/block";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { demandWeights, storedMatrix, type WeightSource } from "@/server/engine/models/weights";
import { add } from "@/server/engine/tensor/arithmetic";
import { fromValues } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { layerNorm, layerNormGrad } from "@/server/engine/tensor/normalise";
import { frozenRows } from "@/server/engine/tensor/packed";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { isTiedHead } from "./decoder-names";
import { type FusedSaved, fusedBlock } from "./fused-block";
import { fusedWeightShapes, readFusedBlock, readNorm } from "./fused-weights";
import { rotaryEmbedding } from "./rotary-embedding";

/** Layer norms, one projection for queries, keys and values, a plain MLP; positions are embedded or rotary. A block is a part. */
export function* fusedDecoder(config: FusedConfig, source: WeightSource, weights: FrozenWeights): InParts<CausalArchitecture<FusedSaved>> {
  const { names, dHead, rotary } = config;
  demandWeights(source, fusedWeightShapes(config), (name) => isTiedHead(name, config));
  const table = (module: string) => weights.table(storedMatrix(source, `${module}.weight`));
  const tokenEmbedding = table(names.embedding);
  const positionEmbedding = names.positions === undefined ? undefined : table(names.positions);
  const head = config.tieWordEmbeddings ? tokenEmbedding : table(names.head);
  const finalNorm = readNorm(source, names.finalNorm, weights);
  const blocks: Block<FusedSaved>[] = [];
  for (let layer = 0; layer < config.numLayers; layer++) {
    blocks.push(fusedBlock(config, layer, readFusedBlock(config, source, layer, weights), weights));
    yield;
  }
  const embedding = rotary === undefined ? undefined : rotaryEmbedding(rotary, dHead, config.queryScale);

  const look = (table: Tensor, rows: Int32Array) => frozenRows(table, fromValues(rows, [rows.length]));

  return {
    blocks,
    kvHeads: config.kvHeads,
    dHead,
    embed(ids, positions) {
      const tokens = look(tokenEmbedding, ids);
      return positionEmbedding === undefined ? tokens : add(tokens, look(positionEmbedding, positions));
    },
    rotary: (positions, contexts) => (embedding === undefined ? [] : [embedding(positions, contexts)]),
    finalNorm(x) {
      const { y, ...saved } = layerNorm(x, finalNorm.weight, finalNorm.bias, config.normEpsilon);
      return { y, saved, backward: (dy) => layerNormGrad(x, saved, finalNorm.weight, dy) };
    },
    unembedding: { gain: finalNorm.weight, isCentred: true, head, cap: undefined },
  };
}
