import type { DataSetSummary } from "@/lib/contract/data-set";
import { unknownNumbers } from "@/lib/contract/latent-columns/latent-columns";
import { collectionSettings, runConfig } from "@/lib/contract/run-config";
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
import { upsertDataSet } from "@/server/db/library/data-sets";
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

/** The data set of `someConfig`, or another; no file is read for it. */
export async function describedData(store: Store, changes: Partial<DataSetSummary> = {}): Promise<void> {
  const columns = [{ name: "text", samples: [], distinct: null }];
  const about = { name: "data", path: "/nowhere/data.jsonl", format: "jsonl", rows: 9, sizeBytes: 9, licence: null };
  const mapping = { kind: "text", text: "text" } as const;
  await upsertDataSet(store.db, { id: "d1", ...about, columns, mapping, domains: [], splits: [], ...changes });
}

/** A queued collection of a run of its own. */
export async function queuedCollection(store: Store, maxTokens = 1000): Promise<{ id: string; runId: string }> {
  const runId = await storedRun(store);
  const id = newId();
  await createCollection(store.db, { id, runId, name: "all", step: 5, settings: collectionSettings.parse({ maxTokens }) });
  return { id, runId };
}

/** A finished collection of two modules over 1000 tokens of two domains, with one context, one example and one band for the first latent. */
export async function storedCollection(store: Store, latents: readonly LatentInput[], tokens = 1000) {
  const { id, runId } = await queuedCollection(store, tokens);
  await loadCollection(store, { id, runId }, latents, tokens);
  const collection = await readCollection(store.db, id);
  if (collection === undefined) throw new Error("the collection was not stored");
  return { ...collection, runId };
}

/** Loads what `storedCollection` has into a collection that is there. */
export async function loadCollection(
  store: Store,
  collection: { id: string; runId: string | null },
  latents: readonly LatentInput[],
  tokens = 1000,
): Promise<void> {
  const { id } = collection;
  await beginLoad(store, id);
  for (const module of [0, 1])
    await copyLatents(
      store,
      id,
      latents.filter((latent) => latent.module === module),
    );
  await copyContexts(store, id, [{ context: 0, row: 11, domain: 1, tokenIds: [5, 6, 7, 8], texts: ["the", " caf", "é", ""] }]);
  const top = { context: 0, position: 2, activation: 2.5, duplicates: 3, from: 0, to: 4 };
  const weak = { context: 0, position: 0, activation: 0.5, duplicates: 0, from: 0, to: 2 };
  await copyExamples(store, id, [
    {
      module: 0,
      index: 0,
      top: [{ ...top, firingPositions: [0, 2, 3], firingActivations: [0.5, 2.5, -3] }],
      bands: [
        {
          from: 0,
          to: 0.25,
          firings: 10,
          lowest: 0.5,
          highest: 1,
          examples: [{ ...weak, firingPositions: [0], firingActivations: [0.5] }],
        },
        { from: 0.95, to: 1, firings: 0, lowest: null, highest: null, examples: [] },
      ],
    },
  ]);
  const module = {
    numLatents: 40_009,
    dead: 1,
    alwaysOn: 0,
    colourMax: 4,
    updateNorm: 0.125,
    frozenNorm: 16,
    updateRange: { p50: 0.125, p99: 0.25, max: 0.5 },
    meanAbsAttribution: null,
  };
  await finishCollection(store, collection, {
    positions: tokens,
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
    probes: [
      { context: 0, from: 0, to: 2 },
      { context: 0, from: 1, to: 4 },
    ],
    coFiringSampled: 512,
    trainingSteps: [2, 5],
  });
}

/** A latent whose values follow from its fire count; dead at 0. */
export function latentInput(module: number, index: number, fireCount: number, token = "word"): LatentInput {
  const isDead = fireCount === 0;
  const histogram = new Uint32Array(128);
  histogram[34] = fireCount;
  const unlessDead = (value: number) => (isDead ? null : value);
  return {
    module,
    index,
    ...unknownNumbers,
    fireCount,
    rowShare: fireCount / 1024,
    meanActivation: unlessDead(1 / fireCount),
    meanSquare: unlessDead(2 / fireCount),
    skewness: unlessDead((fireCount % 7) - 3),
    maxActivation: unlessDead((fireCount * 7) % 11),
    minActivation: unlessDead(-((fireCount * 5) % 13)),
    outputShare: unlessDead(fireCount / 2048),
    decoderNorm: 1 + (fireCount % 3),
    attribution: unlessDead((fireCount % 5) - 2),
    attributionCount: fireCount,
    selectivity: unlessDead(0.5 + (fireCount % 50) / 100),
    selectivityInterval: isDead ? null : [0.25, 0.75],
    topDomain: unlessDead(fireCount % 2),
    domainCounts: [fireCount, 0],
    topTokens: isDead ? [] : [{ token, count: fireCount, error: 1, lift: 2 }],
    positiveTail: null,
    negativeTail: null,
    spectrum: null,
    nextTokens: isDead ? [] : [{ token: ` ${token}`, count: fireCount, error: 0, lift: 0.5 }],
    bornAtStep: unlessDead(fireCount % 4),
    diedAtStep: null,
    histogram,
    related: {
      decoder: [{ module: 1, index: 0, value: 0.5 }],
      encoder: [{ module: 0, index: 2, value: -0.25 }],
      firesWith: [{ index: 2, value: 0.75, together: 6 }],
    },
    logitEffect: module === 0 ? null : { raised: [{ token: "up", change: 1.5 }], lowered: [{ token, change: -0.5 }] },
    trainingDensity: Float32Array.of(0.5, 0.25),
    quiet: [1],
  };
}
