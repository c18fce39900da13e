import type { LatentLabel } from "@/lib/contract/label";
import type { LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { Store } from "@/server/db/client";
import { listLabels } from "@/server/db/labels/labels";
import { activationSpread } from "@/server/db/latents/activation-quantiles";
import { type CollectionRow, subjectOf } from "@/server/db/latents/collections";
import { readContexts, readExamplesBetween, readLatents, type StoredContext, type StoredLatent } from "@/server/db/latents/latents";
import type { LatentExamples, StoredExample } from "@/server/db/latents/pack-examples";
import type { ExportedLatent } from "@/server/interop/neuronpedia/neuronpedia-lines";
import { showExample } from "@/server/services/latents/show-example";

/** Latents a batch: their examples and contexts are in memory at once. */
const latentsABatch = 256;
/** Labels by module and index. */
export type LabelOf = (module: string, index: number) => LatentLabel | null;

export async function labelsOf(store: Store, collection: CollectionRow): Promise<LabelOf> {
  const labels = await listLabels(store.db, subjectOf(collection));
  const byPlace = new Map(labels.map((label) => [`${label.index} ${label.module}`, label]));
  return (module, index) => byPlace.get(`${index} ${module}`) ?? null;
}

/** A module's latents by ascending index, a batch at a time, with examples as a person reads them. */
export async function* exportedLatents(
  store: Store,
  collection: CollectionRow,
  module: number,
  labelOf: LabelOf,
): AsyncGenerator<ExportedLatent[]> {
  const domains = collection.domains.map(({ name }) => name);
  for await (const { latents, examples } of storedBatches(store, collection, module)) {
    const wanted = [...examples.values()].flatMap(({ top, bands }) => [...top, ...bands.flatMap((band) => band.examples)]);
    const contexts = await readContexts(
      store,
      collection,
      wanted.map(({ context }) => context),
    );
    yield latents.map((stored) => {
      const { index, module: name } = stored.row;
      return toExported(collection, stored, examples.get(index) ?? none, { contexts, domains, label: labelOf(name, index) });
    });
  }
}

/** The same as it is stored: positions of whole contexts. */
export async function* storedBatches(
  store: Store,
  collection: CollectionRow,
  module: number,
): AsyncGenerator<{ latents: StoredLatent[]; examples: Map<number, LatentExamples> }> {
  const numLatents = collection.modules[module]?.numLatents ?? 0;
  for (let from = 0; from < numLatents; from += latentsABatch) {
    const to = Math.min(from + latentsABatch, numLatents);
    const places = Array.from({ length: to - from }, (_, i) => ({ module, index: from + i }));
    const [latents, examples] = await Promise.all([
      readLatents(store, collection, places),
      readExamplesBetween(store, collection, { module, from, to }),
    ]);
    yield { latents, examples };
  }
}

const none: LatentExamples = { top: [], bands: [] };

function toExported(
  collection: CollectionRow,
  { row, histogram, related, logitEffect }: StoredLatent,
  examples: LatentExamples,
  place: { contexts: ReadonlyMap<number, StoredContext>; domains: readonly string[]; label: LatentLabel | null },
): ExportedLatent {
  const kind = positionKindOf(collection.positionKind);
  const show = (list: readonly StoredExample[]) =>
    list.flatMap((example, rank) => {
      const context = place.contexts.get(example.context);
      return context === undefined ? [] : [showExample(example, context, { rank, domains: place.domains, kind })];
    });
  return {
    row,
    tokens: collection.positions,
    ...activationSpread(histogram, row),
    examples: show(examples.top),
    bands: examples.bands.map((band) => ({ ...band, examples: show(band.examples) })),
    logitEffect: logitEffect && { raised: logitEffect.raised.map(exact), lowered: logitEffect.lowered.map(exact) },
    related: relatedOf(collection, related),
    label: place.label,
  };
}

function relatedOf(collection: CollectionRow, related: StoredLatent["related"]): LatentDetail["related"] {
  const named = ({ module, index, value }: { module: number; index: number; value: number }) => ({
    module: collection.modules[module]?.name ?? "",
    index,
    value,
    label: null,
    automaticLabel: "",
  });
  // The formats name neighbours by decoder alone.
  return { decoder: related.decoder.map(named), encoder: [], firesWith: [], sampled: collection.coFiringSampled };
}

function exact({ token, change }: { token: string; change: number }) {
  return { token, change, halfWidth: null };
}
