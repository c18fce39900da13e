import { argMax, type Distribution } from "./distribution";

/** How the next token is chosen; as `samplingSettings` in the contract. */
export type Sampling = {
  /** 0 is greedy. */
  temperature: number;
  /** Only so many most probable tokens; 0 for all. */
  topK: number;
  /** Only the most probable tokens that together reach this share. */
  topP: number;
  /** Above 1 makes tokens that the text already has less likely (Keskar et al. 2019). */
  repetitionPenalty: number;
};

/**
 * The next token: penalty, temperature, top-k, top-p, in transformers' order, then one draw.
 *
 * @param seen tokens of the text so far, for the penalty
 * @param uniform in [0, 1); the same number picks the same place in the distribution, so arms that share it differ by their models alone
 */
export function sampleToken(
  { logits, best: unchanged }: Distribution,
  seen: Iterable<number>,
  sampling: Sampling,
  uniform: number,
): number {
  const isPenalised = sampling.repetitionPenalty !== 1;
  const scores = isPenalised ? penalised(logits, seen, sampling.repetitionPenalty) : logits;
  const best = isPenalised ? argMax(scores) : unchanged;
  if (sampling.temperature === 0 || sampling.topK === 1) return best;
  const { ids, weights } = candidates(scores, scores[best] ?? 0, sampling);
  return draw(ids, weights, uniform);
}

function penalised(logits: Float32Array, seen: Iterable<number>, penalty: number): Float32Array {
  const scores = logits.slice();
  for (const id of new Set(seen)) {
    const score = scores[id];
    if (score !== undefined) scores[id] = score < 0 ? score * penalty : score / penalty;
  }
  return scores;
}

/** The tokens that may be drawn, by ascending id where nothing sorts them, with weights that need not add up to 1. */
function candidates(scores: Float32Array, most: number, { temperature, topK, topP }: Sampling): { ids: number[]; weights: number[] } {
  const lowest = topK > 0 && topK < scores.length ? (scores.slice().sort()[scores.length - topK] as number) : -Infinity;
  const ids: number[] = [];
  const weights: number[] = [];
  let total = 0;
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] as number;
    if (score < lowest) continue;
    const weight = Math.exp((score - most) / temperature);
    ids.push(id);
    weights.push(weight);
    total += weight;
  }
  return topP >= 1 ? { ids, weights } : nucleus(ids, weights, total, topP);
}

/** The smallest set of most probable tokens whose share reaches `topP`, at least one. */
function nucleus(ids: readonly number[], weights: readonly number[], total: number, topP: number): { ids: number[]; weights: number[] } {
  // All tokens below this weight together hold less than 1 − topP, so the set is full before it comes to them.
  const negligible = ((1 - topP) * total) / weights.length;
  const order = weights.flatMap((weight, at) => (weight >= negligible ? [at] : []));
  order.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  let sum = 0;
  let kept = 0;
  do {
    sum += weights[order[kept] as number] as number;
    kept++;
  } while (sum < topP * total && kept < order.length);
  const chosen = order.slice(0, kept);
  return { ids: chosen.map((at) => ids[at] as number), weights: chosen.map((at) => weights[at] as number) };
}

function draw(ids: readonly number[], weights: readonly number[], uniform: number): number {
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  for (let at = 0; at < ids.length; at++) {
    left -= weights[at] as number;
    if (left < 0) return ids[at] as number;
  }
  return ids[ids.length - 1] as number;
}
