import { isOfNoisyImages, type LatentDetail, type LatentQuery } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { numRows } from "@/lib/contract/selectivity-trials";
import type { Store } from "@/server/db/client";
import { listFoundConcepts } from "@/server/db/concepts/detections";
import { listEffects } from "@/server/db/labels/effects";
import { readLabel } from "@/server/db/labels/labels";
import { activationSpread, bandsWithEnds } from "@/server/db/latents/activation-quantiles";
import { type CollectionRow, subjectOf } from "@/server/db/latents/collections";
import { readValues } from "@/server/db/latents/columns";
import { ordinalOf, ordinalOffsets } from "@/server/db/latents/latent-ordinals";
import { readExamples, readLatent, readWindows, type StoredContext } from "@/server/db/latents/latents";
import { readNeighbours } from "@/server/db/latents/order-latents";
import type { LatentExamples, StoredExample } from "@/server/db/latents/pack-examples";
import type { LatentSelection } from "@/server/db/latents/select-latents";
import { conceptsOfLatent } from "@/server/services/concepts/concepts-of-latent";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { finishedCollection, latentsByOrdinal, moduleOf, whichLatent } from "./finished-collection";
import { nameRelated } from "./name-related";
import { quietWindow } from "./quiet-window";
import { showExample } from "./show-example";

/** All that is known of one latent, and its neighbours in the order of `query`. */
export async function getLatent(
  { store }: ServiceContext,
  latent: { module: string; index: number },
  query: LatentQuery,
): Promise<LatentDetail> {
  const collection = await finishedCollection(store, query.collectionId);
  const { place: moduleNumber, module } = moduleOf(collection, latent);
  const place = { module: moduleNumber, index: latent.index };
  const ordinal = ordinalOf(ordinalOffsets(collection.modules), place);
  const [stored, examples, neighbours, effects, label, detected] = await Promise.all([
    readLatent(store, collection, place),
    readExamples(store, collection, place),
    findNeighbours(store, collection, query, ordinal),
    listEffects(store.db, collection.id, place),
    readLabel(store.db, subjectOf(collection), latent),
    collection.runId === null ? [] : listFoundConcepts(store.db, collection.runId),
  ]);
  const { row, histogram, nextTokens, logitEffect, spectrum, ...rest } = found(stored, whichLatent(latent));
  const quiet = rest.quiet.flatMap((number) => collection.probes[number] ?? []).map(quietWindow);
  const shown = [...examples.top, ...examples.bands.flatMap((band) => band.examples), ...quiet];
  const [contexts, related, outputShareRank] = await Promise.all([
    readWindows(store, collection, shown),
    nameRelated(store, collection, moduleNumber, rest.related),
    rankOfOutputShare(store, collection, moduleNumber, latent.index),
  ]);
  const spread = activationSpread(histogram, row);
  // Bands that another tool measured stay as imported.
  const isByMagnitude = row.positiveTail !== null || row.negativeTail !== null;
  const bands = collection.runId === null ? examples.bands : bandsWithEnds(examples, spread.histogram, { ...row, isByMagnitude });
  const domains = collection.domains.map(({ name }) => name);
  const kind = positionKindOf(collection.positionKind);
  const show = (list: typeof examples.top) =>
    list.flatMap((example, rank) => {
      const context = contexts.get(example);
      return context === undefined ? [] : [showExample(example, context, { rank, domains, kind })];
    });
  return {
    row,
    positionKind: collection.positionKind,
    tokens: collection.positions,
    k: collection.k,
    numLatents: module.numLatents,
    colourMax: module.colourMax,
    ...spread,
    examples: show(examples.top),
    bands: bands.map((band) => ({ ...band, examples: show(band.examples) })),
    quiet: show(quiet),
    nextTokens,
    domains: collection.domains.map(({ name, tokens, rows, timestep }, domain) => ({
      ...{ name, tokens, fireCount: row.domainCounts[domain] ?? 0 },
      ...(timestep === undefined ? {} : { timestep }),
      ...(rows === undefined || rest.domainRows.length === 0 ? {} : { images: { fired: rest.domainRows[domain] ?? 0, of: rows } }),
    })),
    classes: collection.classes.map(({ name, rows, images }, place) => ({
      name,
      images: { fired: rest.classRows[place] ?? 0, of: rows, ...(images === undefined ? {} : { images }) },
    })),
    ...placesOf(collection, rest.placeCounts, examples, contexts),
    outputShareRank: row.outputShare === null ? null : outputShareRank,
    spectrum,
    related: { ...related, sampled: collection.coFiringSampled },
    // The lens is a product of weights: it has no spread.
    logitEffect: logitEffect && { raised: logitEffect.raised.map(asExact), lowered: logitEffect.lowered.map(asExact) },
    effects,
    training: trainingOf(collection, rest.trainingDensity),
    concepts: conceptsOfLatent(detected, latent),
    label,
    ...neighbours,
  };
}

/** Where it fires in its images, which lie as the context of any example does. */
function placesOf(
  { positions, domains }: CollectionRow,
  fired: number[],
  { top }: LatentExamples,
  contexts: ReadonlyMap<StoredExample, StoredContext>,
): Pick<LatentDetail, "places"> {
  const { columns = null, leading = null } = top.flatMap((example) => contexts.get(example) ?? [])[0] ?? {};
  if (fired.length === 0 || columns === null) return {};
  const of = Math.round(positions / fired.length);
  const images = isOfNoisyImages({ domains }) ? { images: numRows(domains) ?? of } : {};
  return { places: { grid: { columns, leading: leading ?? 0 }, fired, of, ...images } };
}

async function findNeighbours(
  store: Store,
  collection: CollectionRow,
  query: LatentSelection,
  ordinal: number,
): Promise<Pick<LatentDetail, "place" | "previous" | "next">> {
  if (ordinal < 0) return { place: null, previous: null, next: null };
  const { place, previous, next } = await readNeighbours(store, collection, query, ordinal);
  const latentAt = latentsByOrdinal(collection);
  const named = (other: number | null) => (other === null ? null : latentAt(other));
  return { place, previous: named(previous), next: named(next) };
}

/** 1 for the largest share of its module. */
async function rankOfOutputShare(store: Store, collection: CollectionRow, module: number, index: number): Promise<number> {
  const offsets = ordinalOffsets(collection.modules);
  const shares = (await readValues(store, collection, "outputShare")).subarray(offsets[module], offsets[module + 1]);
  const own = shares[index] ?? Number.NaN;
  let larger = 0;
  for (let i = 0; i < shares.length; i++) if ((shares[i] as number) > own) larger++;
  return larger + 1;
}

function asExact({ token, change }: { token: string; change: number }) {
  return { token, change, halfWidth: null };
}

function trainingOf({ trainingSteps }: CollectionRow, densities: Float32Array | null): LatentDetail["training"] {
  const steps = trainingSteps.at(-1);
  if (densities === null || steps === undefined) return null;
  return { density: trainingSteps.map((step, window) => ({ step, density: densities[window] ?? 0 })), steps };
}
