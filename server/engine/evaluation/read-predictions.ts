import type { CausalModel } from "@/server/engine/models/causal-model";
import type { Predictions } from "@/server/engine/models/head-loss";
import { argMaxLast, logSoftmaxLast } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { gatherRows, reshape } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** What a model makes of given tokens, by prediction. */
export type PredictionReadings = {
  /** Natural log of the probability of each token. */
  readonly logProbabilities: Float32Array;
  /** The most probable token in its place; of equal ones the first. */
  readonly best: Int32Array;
};

/** Most logits that exist at one time: 16 MiB of them. */
const BLOCK_LOGITS = 2 ** 22;

/** Positions whose logits are computed together. */
export function positionsAtOnce({ config }: CausalModel): number {
  return Math.max(1, Math.floor(BLOCK_LOGITS / config.vocab));
}

/**
 * Reads tokens that are given, from final states (n, dModel), a block of positions at a time.
 *
 * @param atOnce positions of a block
 * @throws RangeError when a log-probability is not a finite number
 */
export function readPredictions(
  model: CausalModel,
  final: Tensor,
  { from, label }: Predictions,
  atOnce = positionsAtOnce(model),
): PredictionReadings {
  const logProbabilities = new Float32Array(from.length);
  const best = new Int32Array(from.length);
  for (let begin = 0; begin < from.length; begin += atOnce) {
    const end = Math.min(begin + atOnce, from.length);
    tidy(() => {
      const logits = model.logits(gatherRows(final, fromValues(from.subarray(begin, end), [end - begin])));
      const [rows = 0, vocab = 1] = logits.shape;
      const places = Int32Array.from({ length: rows }, (_, row) => row * vocab + (label[begin + row] as number));
      const flat = reshape(logSoftmaxLast(logits), [rows * vocab, 1]);
      logProbabilities.set(readFloats(gatherRows(flat, fromValues(places, [rows]))), begin);
      best.set(readInts(argMaxLast(logits)), begin);
    });
  }
  const odd = logProbabilities.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) throw new RangeError(`the log-probability of token ${label[odd]} is ${logProbabilities[odd]}, not a finite number`);
  return { logProbabilities, best };
}
