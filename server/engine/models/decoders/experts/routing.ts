import type { ExpertSettings } from "@/lib/contract/architectures/decoder-config";
import { softmaxRows } from "@/server/engine/tensor/plain-softmax";

/** Which experts each token passes through: (tokens · perToken) entries, a token's likeliest first. */
export type Routing = {
  readonly settings: ExpertSettings;
  readonly experts: Int32Array;
  /** What each expert's output is multiplied by. */
  readonly weights: Float32Array;
  /** (tokens, count) softmax of the router's logits */
  readonly probabilities: Float32Array;
};

/** The likeliest experts of each token; of equal ones the first. @param logits (tokens, count) */
export function routeTokens(logits: Float32Array, settings: ExpertSettings): Routing {
  const { count, perToken, isNormalised } = settings;
  const tokens = logits.length / count;
  const probabilities = Float32Array.from(softmaxRows(logits, count));
  const experts = new Int32Array(tokens * perToken);
  const weights = new Float32Array(tokens * perToken);
  for (let token = 0; token < tokens; token++) {
    const own = probabilities.subarray(token * count, (token + 1) * count);
    const likeliest = largestPlaces(own, perToken);
    const total = isNormalised ? likeliest.reduce((sum, expert) => sum + (own[expert] as number), 0) : 1;
    likeliest.forEach((expert, i) => {
      experts[token * perToken + i] = expert;
      weights[token * perToken + i] = (own[expert] as number) / total;
    });
  }
  return { settings, experts, weights, probabilities };
}

/** The gradient of the router's logits (tokens, count) by that of the weights; the choice itself has none. */
export function routingGradient({ settings, experts, weights, probabilities }: Routing, dWeights: Float32Array): Float32Array {
  const { count, perToken, isNormalised } = settings;
  const dLogits = new Float32Array(probabilities.length);
  for (let token = 0; token < experts.length / perToken; token++) {
    let along = 0;
    for (let i = token * perToken; i < (token + 1) * perToken; i++) along += (weights[i] as number) * (dWeights[i] as number);
    // Weights that sum to 1 are a softmax over the chosen experts alone; the others are parts of the softmax over all.
    if (!isNormalised) for (let at = token * count; at < (token + 1) * count; at++) dLogits[at] = -(probabilities[at] as number) * along;
    for (let i = token * perToken; i < (token + 1) * perToken; i++) {
      const at = token * count + (experts[i] as number);
      const own = (weights[i] as number) * (dWeights[i] as number);
      dLogits[at] = isNormalised ? own - (weights[i] as number) * along : (dLogits[at] as number) + own;
    }
  }
  return dLogits;
}

/** The tokens of one expert. */
export type ExpertTokens = { readonly expert: number; readonly tokens: Int32Array };

/**
 * The tokens of each expert that any chose, by expert.
 *
 * @returns `places` (perToken lists of tokens): where a token's output of its i-th expert lies when the outputs of `groups` lie one below the other
 */
export function tokensByExpert({ settings: { count, perToken }, experts }: Routing): { groups: ExpertTokens[]; places: Int32Array[] } {
  const sizes = new Int32Array(count);
  for (const expert of experts) sizes[expert] = (sizes[expert] as number) + 1;
  const groups: ExpertTokens[] = [];
  const next = new Int32Array(count);
  let from = 0;
  sizes.forEach((size, expert) => {
    next[expert] = from;
    if (size > 0) groups.push({ expert, tokens: new Int32Array(size) });
    from += size;
  });
  const starts = next.slice();
  const byExpert = new Map(groups.map(({ expert, tokens }) => [expert, tokens]));
  const places = Array.from({ length: perToken }, () => new Int32Array(experts.length / perToken));
  experts.forEach((expert, i) => {
    const token = Math.floor(i / perToken);
    const place = next[expert] as number;
    next[expert] = place + 1;
    const list = byExpert.get(expert);
    const ofChoice = places[i % perToken];
    if (list !== undefined) list[place - (starts[expert] as number)] = token;
    if (ofChoice !== undefined) ofChoice[token] = place;
  });
  return { groups, places };
}

/** The places of the n largest values, the largest first; of equal ones the first. */
function largestPlaces(values: Float32Array, n: number): number[] {
  const places: number[] = [];
  while (places.length < n) {
    let best = -1;
    values.forEach((value, place) => {
      if ((best < 0 || value > (values[best] as number)) && !places.includes(place)) best = place;
    });
    places.push(best);
  }
  return places;
}
