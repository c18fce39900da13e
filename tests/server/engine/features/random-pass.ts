import type { CollectionPlan } from "@/server/engine/features/collection-statistics";
import type { KeptLatents } from "@/server/engine/features/kept-latents";
import { layTokenBatch, type TokenBatch } from "@/server/engine/features/token-batch";

export const numLatents = 13;
export const numDomains = 3;
export const vocab = 31;
export const k = 3;

/** One row of the decoder a latent: what it writes. */
const dOut = 5;

export const plan: CollectionPlan = {
  numLatents: new Map([["layers.0.q_proj", numLatents]]),
  numDomains,
  vocab,
  rank: "value",
  examples: 5,
};

/** A repeatable stream of numbers in [0, 1) (Park and Miller's generator). */
export function randomStream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

export type RandomInput = { batch: TokenBatch; kept: KeptLatents };

/** Kept latents whose update is 0, for statistics that do not read it. */
export function withoutUpdate(indices: Int32Array, values: Float32Array, positions: number): KeptLatents {
  const contributions = new Float32Array(values.length);
  return { indices, values, contributions, updateSquares: new Float32Array(positions), baseSquares: new Float32Array(positions).fill(1) };
}

/** Rounded to float32, as the engine gives them. */
function withUpdate(indices: Int32Array, values: Float32Array, positions: number, decoder: readonly number[][]): KeptLatents {
  const kept = withoutUpdate(indices, values, positions);
  for (let place = 0; place < positions; place++) {
    const entries = Array.from({ length: k }, (_, at) => place * k + at);
    const part = (entry: number) => (decoder[indices[entry] ?? 0] ?? []).map((one) => one * (values[entry] ?? 0));
    const update = Array.from({ length: dOut }, (_, i) => entries.reduce((sum, entry) => sum + (part(entry)[i] ?? 0), 0));
    for (const entry of entries) kept.contributions[entry] = part(entry).reduce((sum, one, i) => sum + one * (update[i] ?? 0), 0);
    kept.updateSquares[place] = update.reduce((sum, one) => sum + one * one, 0);
    kept.baseSquares[place] = 1 + place;
  }
  return kept;
}

/** Batches of two ragged rows with random kept latents; some values are 0, many are equal, some negative. */
export function randomInputs(batches: number, seed: number, numTokens = vocab): RandomInput[] {
  const random = randomStream(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const decoder = Array.from({ length: numLatents }, () => Array.from({ length: dOut }, () => random() - 0.5));
  return Array.from({ length: batches }, (_, index) => {
    const rows = [0, 1].map((at) => ({
      row: 2 * index + at,
      ids: Array.from({ length: 3 + below(60) }, () => below(numTokens)),
      domain: below(numDomains),
    }));
    const { batch } = layTokenBatch(rows, 0);
    const indices = new Int32Array(batch.ids.length * k);
    const values = new Float32Array(indices.length);
    for (let place = 0; place < batch.ids.length; place++) {
      const chosen = new Set<number>();
      while (chosen.size < k) chosen.add(below(numLatents));
      [...chosen].forEach((latent, at) => {
        indices[place * k + at] = latent;
        values[place * k + at] = (below(40) - 8) / 16;
      });
    }
    return { batch, kept: withUpdate(indices, values, batch.ids.length, decoder) };
  });
}

/** Every counted firing, one by one: what the statistics are to be compared with. */
export function firingsOf(inputs: readonly RandomInput[]) {
  return inputs.flatMap(({ batch, kept }) =>
    Array.from(kept.indices, (latent, at) => {
      const place = Math.floor(at / k);
      return {
        latent,
        value: kept.values[at] ?? 0,
        isCounted: batch.counted[place] === 1,
        token: batch.ids[place] ?? 0,
        row: batch.rows[place] ?? 0,
        position: batch.positions[place] ?? 0,
        domain: batch.domains[place] ?? 0,
        contribution: kept.contributions[at] ?? 0,
        follower: batch.counted[place + 1] === 1 && batch.rows[place + 1] === batch.rows[place] ? (batch.ids[place + 1] ?? -1) : -1,
      };
    }).filter(({ isCounted, value }) => isCounted && value !== 0),
  );
}
