import type { LatentDetail, LatentQuery } from "@/lib/contract/latent";
import type { CollectionRow } from "@/server/db/latents/collections";
import { conditionsOf, type LatentPlace, readContexts, readExamples, readLatent, readNeighbours } from "@/server/db/latents/latents";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { activationQuantiles } from "./activation-quantiles";
import { finishedCollection } from "./list-latents";
import { showExample } from "./show-example";

const binsASign = 64;

/** One latent with its histogram and examples, and its neighbours in the order of `query`. */
export async function getLatent(
  { store }: ServiceContext,
  latent: { module: string; index: number },
  query: LatentQuery,
): Promise<LatentDetail> {
  const { db } = store;
  const collection = await finishedCollection(store, query.collectionId);
  const what = `latent ${latent.index} of ${latent.module} in this collection`;
  const moduleNumber = collection.modules.findIndex(({ name }) => name === latent.module);
  const module = found(collection.modules[moduleNumber], what);
  const place = { module: moduleNumber, index: latent.index };
  const conditions = await conditionsOf(db, collection, query);
  const [stored, examples, neighbours] = await Promise.all([
    readLatent(db, collection, place),
    readExamples(db, collection, place),
    conditions === undefined ? { previous: null, next: null } : readNeighbours(db, collection, conditions, query, place),
  ]);
  const { row, histogram } = found(stored, what);
  const contexts = await readContexts(
    db,
    collection,
    examples.map(({ context }) => context),
  );
  const domains = collection.domains.map(({ name }) => name);
  const positive = [...histogram.subarray(0, binsASign)];
  const negative = [...histogram.subarray(binsASign)];
  const both = positive.map((count, bin) => count + (negative[bin] ?? 0));
  const largest = Math.max(Math.abs(row.maxActivation ?? 0), Math.abs(row.minActivation ?? 0));
  const [p50 = null, p95 = null, p99 = null] = activationQuantiles(both, [0.5, 0.95, 0.99], largest);
  return {
    row,
    tokens: collection.tokens,
    k: collection.k,
    numLatents: module.numLatents,
    colourMax: module.colourMax,
    histogram: { positive, negative },
    quantiles: { p50, p95, p99 },
    examples: examples.flatMap((example, rank) => {
      const context = contexts.get(example.context);
      return context === undefined ? [] : [showExample(example, context, { rank, domains })];
    }),
    domains: collection.domains.map(({ name, tokens }, domain) => ({ name, tokens, fireCount: row.domainCounts[domain] ?? 0 })),
    previous: named(collection, neighbours.previous),
    next: named(collection, neighbours.next),
  };
}

function named({ modules }: CollectionRow, place: LatentPlace | null): LatentDetail["next"] {
  const module = place === null ? undefined : modules[place.module];
  return place === null || module === undefined ? null : { module: module.name, index: place.index };
}
