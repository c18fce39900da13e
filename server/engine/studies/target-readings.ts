import { readPredictions } from "@/server/engine/evaluation/read-predictions";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { StudyText } from "./study-texts";

/** The last of a text's readings, in the final states' `rows`. */
export type TargetReading = { readonly text: StudyText; readonly rows: Int32Array };

/**
 * Log-probabilities of the tokens of several targets, all in one product.
 *
 * @returns by target reading, one value a row
 * @throws RangeError when one is not a finite number
 */
export function readTargets(model: CausalModel, final: Tensor, readings: readonly TargetReading[]): Float32Array[] {
  const from = Int32Array.from(readings.flatMap(({ rows }) => [...rows]));
  const label = Int32Array.from(readings.flatMap(({ text, rows }) => [...text.read.subarray(text.read.length - rows.length)]));
  const { logProbabilities } = readPredictions(model, final, { from, label });
  let begin = 0;
  return readings.map(({ rows }) => {
    begin += rows.length;
    return logProbabilities.subarray(begin - rows.length, begin);
  });
}
