import type { KeptLatents } from "@/server/engine/features/accumulate";
import type { CollectionPlan } from "@/server/engine/features/collection-statistics";
import { layTokenBatch, type TokenBatch } from "@/server/engine/features/token-batch";

export const numLatents = 13;
export const numDomains = 3;
export const vocab = 31;
export const k = 3;

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

/** Batches of two ragged rows with random kept latents; some values are 0, many are equal, some negative. */
export function randomInputs(batches: number, seed: number): RandomInput[] {
  const random = randomStream(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: batches }, (_, index) => {
    const rows = [0, 1].map((at) => ({
      row: 2 * index + at,
      ids: Array.from({ length: 3 + below(60) }, () => below(vocab)),
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
    return { batch, kept: { indices, values } };
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
      };
    }).filter(({ isCounted, value }) => isCounted && value !== 0),
  );
}
