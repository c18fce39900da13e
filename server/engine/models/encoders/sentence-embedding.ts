import type { EncoderBatch } from "./encoder-batch";

/**
 * One vector a row: the mean of its real tokens' final states, of length 1, as sentence-transformers pools by default (Reimers and
 * Gurevych 2019).
 *
 * @param final (rows · tokens, dModel)
 * @returns (rows, dModel)
 */
export function sentenceEmbeddings(final: Float32Array, { rows, tokens, attentionMask }: EncoderBatch): Float32Array {
  const dModel = final.length / (rows * tokens);
  const embeddings = new Float32Array(rows * dModel);
  for (let row = 0; row < rows; row++) {
    const sum = new Float64Array(dModel);
    for (let at = row * tokens; at < (row + 1) * tokens; at++) {
      if (attentionMask?.[at] === 0) continue;
      for (let i = 0; i < dModel; i++) sum[i] = (sum[i] as number) + (final[at * dModel + i] as number);
    }
    // The mean's number of tokens falls away with its length.
    const norm = Math.max(Math.hypot(...sum), 1e-12);
    embeddings.set(
      sum.map((value) => value / norm),
      row * dModel,
    );
  }
  return embeddings;
}
