import { runConfig } from "@/lib/contract/run-config";
import type { Store } from "@/server/db/client";
import { createCollection, readCollection } from "@/server/db/latents/collections";
import {
  beginLoad,
  copyContexts,
  copyExamples,
  copyLatents,
  finishCollection,
  type LatentInput,
} from "@/server/db/latents/load-collection";
import { newId } from "@/server/db/new-id";
import { insertRun } from "@/server/db/runs/runs";

export const someConfig = runConfig.parse({
  model: "m1",
  data: { kind: "dataSet", dataSetId: "d1", mapping: { kind: "text", text: "text" } },
  adapter: { method: "stan", numLatents: 7, k: 2, targets: { modules: ["q_proj"] } },
  training: { steps: 5, learningRate: 0.01 },
});

/** A queued run with a configuration as small as it goes. */
export async function storedRun({ db }: Store): Promise<string> {
  const id = newId();
  const names = { name: "a run", modelId: "m1", modelName: "a model", dataSetId: "d1", dataName: "data" };
  await insertRun(db, { id, ...names, method: "stan", seed: 3, config: someConfig, steps: 5 });
  return id;
}

/** A finished collection of two modules over 1000 tokens of two domains, with one context and one example for the first latent. */
export async function storedCollection(store: Store, latents: readonly LatentInput[], tokens = 1000) {
  const runId = await storedRun(store);
  const id = newId();
  const settings = { maxTokens: tokens, split: "all", batchRows: 8 } as const;
  await createCollection(store.db, { id, runId, name: "all", step: 5, settings });
  await beginLoad(store, id);
  await copyLatents(store, id, latents);
  await copyContexts(store, id, [{ context: 0, row: 11, domain: 1, tokenIds: [5, 6, 7, 8], texts: ["the", " caf", "é", ""] }]);
  const window = { context: 0, position: 2, activation: 2.5, duplicates: 3, from: 0, to: 4 };
  await copyExamples(store, id, [
    { module: 0, index: 0, examples: [{ ...window, firingPositions: [0, 2, 3], firingActivations: [0.5, 2.5, -3] }] },
  ]);
  const module = { numLatents: 40_009, dead: 1, alwaysOn: 0, colourMax: 4 };
  await finishCollection(
    store,
    { id, runId },
    {
      tokens,
      contexts: 1,
      domains: [
        { name: "sea", tokens: tokens / 2 },
        { name: "land", tokens: tokens / 2 },
      ],
      modules: [
        { ...module, name: "layers.0.q_proj", layer: 0, projection: "q_proj" },
        { ...module, name: "layers.1.v_proj", layer: 1, projection: "v_proj" },
      ],
      numLatents: latents.length,
      k: 2,
      seconds: 1,
    },
  );
  const collection = await readCollection(store.db, id);
  if (collection === undefined) throw new Error("the collection was not stored");
  return collection;
}

/** A latent whose values follow from its fire count; dead at 0. */
export function latentInput(module: number, index: number, fireCount: number, token = "word"): LatentInput {
  const isDead = fireCount === 0;
  const histogram = new Uint32Array(128);
  histogram[34] = fireCount;
  return {
    module,
    index,
    fireCount,
    meanActivation: isDead ? null : 1 / fireCount,
    maxActivation: isDead ? null : (fireCount * 7) % 11,
    minActivation: isDead ? null : -((fireCount * 5) % 13),
    selectivity: isDead ? null : 0.5 + (fireCount % 50) / 100,
    topDomain: isDead ? null : fireCount % 2,
    domainCounts: [fireCount, 0],
    topTokens: isDead ? [] : [{ token, count: fireCount, lift: 2 }],
    histogram,
  };
}
