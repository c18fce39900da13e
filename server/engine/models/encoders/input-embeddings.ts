import type { EncoderVariant } from "@/lib/contract/architectures/encoder-config";
import { addAll } from "@/server/engine/tensor/arithmetic";
import { fromValues } from "@/server/engine/tensor/create";
import { layerNorm } from "@/server/engine/tensor/normalise";
import { frozenRows } from "@/server/engine/tensor/packed";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { TextBatch } from "./encoder-batch";
import type { EncoderReader } from "./encoder-weights";

/**
 * Reads an encoder's embeddings. The function that it returns sums those of a batch's tokens, absolute positions and segments, and normalises the sum.
 *
 * @param positionsIn absolute positions of a batch; undefined where they are not embedded
 */
export function inputEmbeddings(
  config: EncoderVariant,
  reader: EncoderReader,
  positionsIn: ((batch: TextBatch) => Int32Array) | undefined,
): (batch: TextBatch) => Tensor {
  const { prefix, inner } = config.names;
  const words = reader.table(`${prefix}.${inner.wordEmbedding}.weight`);
  const places = positionsIn && reader.table(`${prefix}.${inner.positionEmbedding}.weight`);
  const types = config.typeVocab === 0 ? undefined : reader.table(`${prefix}.${inner.typeEmbedding}.weight`);
  const norm = reader.norm(`${prefix}.${inner.embeddingNorm}`);

  const look = (table: Tensor, rows: Int32Array) => frozenRows(table, fromValues(rows, [rows.length]));

  return (batch) =>
    tidy(() => {
      const parts = [look(words, batch.ids)];
      if (positionsIn !== undefined && places !== undefined) parts.push(look(places, positionsIn(batch)));
      if (types !== undefined) parts.push(look(types, batch.tokenTypeIds ?? new Int32Array(batch.ids.length)));
      return layerNorm(addAll(parts), norm.weight, norm.bias, config.normEpsilon).y;
    });
}
