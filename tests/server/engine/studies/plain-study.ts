import type { Edit } from "@/lib/contract/edit";
import { type Arm, armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { LabelledRow } from "@/server/engine/models/row-batches";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";

/** Log-probabilities (tokens, vocab) of one text alone, a pass from the bottom, its softmax in float64. */
export function plainLogs(model: CausalModel, arm: Arm, ids: readonly number[], promptLength = 2 ** 31 - 1): Float64Array[] {
  const { vocab } = model.config;
  const batch = { ids: Int32Array.from(ids), rows: 1, tokens: ids.length, promptLengths: Int32Array.of(promptLength) };
  const logits = tidy(() => readFloats(model.logits(model.forward(batch, { hooks: armHooks([arm]) }).final)));
  return ids.map((_, at) => {
    const row = Float64Array.from(logits.subarray(at * vocab, (at + 1) * vocab));
    const sum = Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
    return row.map((logit) => logit - sum);
  });
}

export function plainKl(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, log, id) => sum + Math.exp(log) * (log - (q[id] ?? 0)), 0);
}

export function plainBest(logs: Float64Array | undefined): number {
  return (logs ?? new Float64Array(0)).reduce((best, log, id, all) => (log > (all[best] ?? 0) ? id : best), 0);
}

/** The arm's most probable continuation, a whole pass a token; an end token is its last. */
export function plainContinuation(
  model: CausalModel,
  arm: Arm,
  prompt: readonly number[],
  tokens: number,
  endIds: readonly number[],
): number[] {
  const written: number[] = [];
  while (written.length < tokens && !endIds.includes(written.at(-1) ?? -1)) {
    written.push(plainBest(plainLogs(model, arm, [...prompt, ...written], prompt.length).at(-1)));
  }
  return written;
}

/** Sum of log-probabilities of tokens right after a prompt. */
export function plainTarget(model: CausalModel, arm: Arm, prompt: readonly number[], target: readonly number[]): number {
  const logs = plainLogs(model, arm, [...prompt, ...target], prompt.length);
  return target.reduce((sum, id, i) => sum + (logs[prompt.length - 1 + i]?.[id] ?? Number.NaN), 0);
}

/** Mean cross-entropy of a row's label tokens. */
export function plainLoss(model: CausalModel, arm: Arm, { ids, labels }: LabelledRow): number {
  const logs = plainLogs(model, arm, [...ids]);
  const losses = [...labels].flatMap((label, at) => (at === 0 || label === -100 ? [] : [-(logs[at - 1]?.[label] ?? Number.NaN)]));
  return mean(losses);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Edits as they are meant on rows of text. */
export function everywhere(edits: readonly Edit[]): Edit[] {
  return edits.map((edit) => (typeof edit.scope === "string" ? { ...edit, scope: "all" } : edit));
}
