import { sql } from "drizzle-orm";
import type { QueryResultRow } from "pg";
import type { LatentRow } from "@/lib/contract/latent";
import { type ColumnsWith, columnsWith, latentColumnNames, latentColumns } from "@/lib/contract/latent-columns/latent-columns";
import { specificShare } from "@/lib/contract/specific-share";
import type { Store } from "@/server/db/client";
import { toAblation } from "@/server/db/labels/effects";
import { type CollectionRow, subjectOf } from "./collections";
import { readTexts } from "./columns";
import { type LatentPlace, ordinalOffsets, placeOf } from "./latent-ordinals";
import { ownTable, quotedOwnName } from "./own-tables";
import { type LatentExamples, type StoredExample, unpackExamples } from "./pack-examples";
import {
  type FiresWith,
  type LogitEffect,
  type RelatedPlace,
  unpackFiresWith,
  unpackHistogram,
  unpackLogitEffect,
  unpackRelated,
  unpackSpectrum,
  unpackTail,
  unpackTokens,
} from "./pack-latent";

/** Rows of the latents with these ordinals, in that order. */
export async function readLatentRows(store: Store, collection: CollectionRow, ordinals: ArrayLike<number>): Promise<LatentRow[]> {
  if (ordinals.length === 0) return [];
  const texts = await readTexts(store, collection);
  const offsets = ordinalOffsets(collection.modules);
  const places = Array.from(ordinals, (ordinal) => placeOf(offsets, ordinal));
  const rows = await selectRows<StoredRow>(store, collection, places, rowColumns);
  return rows.map((row) => toLatentRow(collection, texts, row));
}

/** What a latent's page shows of it beside examples and effects. */
export type StoredLatent = {
  row: LatentRow;
  nextTokens: LatentRow["topTokens"];
  /** Rows in which it fires, by domain and by class; empty where they were not counted. */
  domainRows: number[];
  classRows: number[];
  /** Rows in which it fires at each position; empty where they were not counted. */
  placeCounts: number[];
  /** 64 counts of positive activations, then 64 of negative ones. */
  histogram: Uint32Array;
  related: { decoder: RelatedPlace[]; encoder: RelatedPlace[]; firesWith: FiresWith[] };
  logitEffect: LogitEffect | null;
  /** A dense component's place in its module's spectrum; null where not computed. */
  spectrum: { singularValues: number[]; shares: number[] } | null;
  trainingDensity: Float32Array | null;
  /** Places in the collection's probes. */
  quiet: number[];
};

export async function readLatent(store: Store, collection: CollectionRow, place: LatentPlace): Promise<StoredLatent | undefined> {
  return (await readLatents(store, collection, [place]))[0];
}

/** Latents at these places, in their order; places where there is none are left out. */
export async function readLatents(store: Store, collection: CollectionRow, places: readonly LatentPlace[]): Promise<StoredLatent[]> {
  const [texts, rows] = await Promise.all([
    readTexts(store, collection),
    selectRows<StoredRow & StoredDetail>(store, collection, places, `${rowColumns}, ${detailColumns}`),
  ]);
  return rows.map((row) => ({
    row: toLatentRow(collection, texts, row),
    nextTokens: unpackTokens(row.next_tokens, texts),
    domainRows: row.domain_rows ?? [],
    classRows: row.class_rows ?? [],
    placeCounts: row.place_counts ?? [],
    histogram: unpackHistogram(row.histogram),
    related: {
      decoder: unpackRelated(row.related_decoder),
      encoder: unpackRelated(row.related_encoder),
      firesWith: unpackFiresWith(row.fires_with),
    },
    logitEffect: row.logit_effect && unpackLogitEffect(row.logit_effect, texts),
    spectrum: row.spectrum && unpackSpectrum(row.spectrum),
    trainingDensity: row.training_density && float32s(row.training_density),
    quiet: row.quiet,
  }));
}

/** A latent's strongest examples and its bands; without any where none is stored. */
export async function readExamples({ db }: Store, collection: CollectionRow, { module, index }: LatentPlace): Promise<LatentExamples> {
  const { rows } = await db.execute<{ packed: Buffer }>(sql`
    SELECT packed FROM ${ownTable("examples", collection.id)}
    WHERE collection_id = ${collection.id} AND module = ${module} AND index = ${index}`);
  return rows[0] === undefined ? { top: [], bands: [] } : unpackExamples(rows[0].packed);
}

/** Examples of a module's latents `from` … `to − 1`, by index; those without any are left out. */
export async function readExamplesBetween(
  { db }: Store,
  collection: CollectionRow,
  { module, from, to }: { module: number; from: number; to: number },
): Promise<Map<number, LatentExamples>> {
  const { rows } = await db.execute<{ index: number; packed: Buffer }>(sql`
    SELECT index, packed FROM ${ownTable("examples", collection.id)}
    WHERE collection_id = ${collection.id} AND module = ${module} AND index >= ${from} AND index < ${to}`);
  return new Map(rows.map(({ index, packed }) => [index, unpackExamples(packed)]));
}

/** Token ids of all stored contexts, by number. */
export async function readTokenIds({ db }: Store, collection: CollectionRow): Promise<number[][]> {
  const { rows } = await db.execute<{ context: number; token_ids: number[] }>(sql`
    SELECT context, token_ids FROM ${ownTable("contexts", collection.id)} WHERE collection_id = ${collection.id} ORDER BY context`);
  const ids: number[][] = [];
  for (const { context, token_ids } of rows) ids[context] = token_ids;
  return Array.from(ids, (row) => row ?? []);
}

export type StoredContext = {
  context: number;
  row: number;
  domain: number | null;
  texts: string[];
  columns: number | null;
  leading: number | null;
  answer: string | null;
  hasImage: boolean;
  hasClean: boolean;
};

/** What is read of a context beside its texts. */
const ofContext = `context, "row", domain, columns, "leading", answer, image IS NOT NULL AS "hasImage", clean IS NOT NULL AS "hasClean"`;

export async function readContexts(
  { db }: Store,
  collection: CollectionRow,
  contexts: readonly number[],
): Promise<Map<number, StoredContext>> {
  if (contexts.length === 0) return new Map();
  const { rows } = await db.execute<StoredContext>(sql`
    SELECT ${sql.raw(ofContext)}, texts FROM ${ownTable("contexts", collection.id)}
    WHERE collection_id = ${collection.id} AND context = ANY(${sql.param([...new Set(contexts)])}::int[])`);
  return new Map(rows.map((row) => [row.context, row]));
}

/** Which image of a context: as the model read it, or of a noisy one what it was before. */
export type ContextImage = "image" | "clean";

/** The image of a context, WebP; undefined where none is stored. */
export async function readContextImage(
  { db }: Store,
  collection: CollectionRow,
  context: number,
  which: ContextImage = "image",
): Promise<Buffer | undefined> {
  const { rows } = await db.execute<{ image: Buffer | null }>(sql`
    SELECT ${sql.raw(which)} AS image FROM ${ownTable("contexts", collection.id)} WHERE collection_id = ${collection.id} AND context = ${context}`);
  return rows[0]?.image ?? undefined;
}

/** Tokens before a window that may belong to the character it begins in. */
const charactersStart = 8;

/**
 * The contexts of windows, by window: of each only the texts of its window and a few before, at their own positions (those before are missing), so that
 * a latent's page takes the same time however long its contexts are.
 */
export async function readWindows<Window extends Pick<StoredExample, "context" | "from" | "to">>(
  { pool }: Store,
  collection: CollectionRow,
  windows: readonly Window[],
): Promise<Map<Window, StoredContext>> {
  if (windows.length === 0) return new Map();
  const firsts = windows.map(({ from }) => Math.max(from - charactersStart, 0));
  const { rows } = await pool.query<StoredContext & { place: string }>(
    `SELECT place, ${ofContext}, texts[first + 1 : last] AS texts
     FROM unnest($1::int[], $2::int[], $3::int[]) WITH ORDINALITY AS w(wanted, first, last, place)
     JOIN ${quotedOwnName("contexts", collection.id)} AS c ON c.collection_id = $4 AND c.context = wanted`,
    [windows.map(({ context }) => context), firsts, windows.map(({ to }) => to), collection.id],
  );
  const contexts = new Map<Window, StoredContext>();
  for (const { place, texts, ...context } of rows) {
    const number = Number(place) - 1;
    const window = windows[number];
    const placed = new Array<string>(firsts[number] ?? 0).concat(texts);
    if (window !== undefined) contexts.set(window, { ...context, texts: placed });
  }
  return contexts;
}

const rowColumns = [
  "l.module, l.index",
  ...columnsWith("stored").map((name) => `l.${latentColumns[name].stored.column} AS "${name}"`),
  "selectivity_low, selectivity_high, top_domain, domain_counts, top_tokens, positive_tail, negative_tail",
  "per_firing, e.half_width, control_per_firing, control_half_width, b.text AS label, b.source AS label_source",
].join(", ");
const detailColumns =
  "next_tokens, domain_rows, class_rows, place_counts, histogram, related_decoder, related_encoder, fires_with, logit_effect, spectrum, training_density, quiet";

/** Stored latents at these places, in their order, each with its ablation after TopK and its label. */
async function selectRows<Row extends QueryResultRow>(
  { pool }: Store,
  collection: CollectionRow,
  places: readonly LatentPlace[],
  columns: string,
): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `SELECT ${columns}
     FROM unnest($1::smallint[], $2::int[], $3::text[]) WITH ORDINALITY AS page(module, index, name, place)
     JOIN ${quotedOwnName("latents", collection.id)} AS l ON l.collection_id = $4 AND l.module = page.module AND l.index = page.index
     LEFT JOIN effects AS e
       ON e.collection_id = $4 AND e.module = page.module AND e.index = page.index AND e.operation = 'ablatePost'
     LEFT JOIN labels AS b ON b.subject_id = $5 AND b.module = page.name AND b.index = page.index AND b.text <> ''
     ORDER BY page.place`,
    [
      places.map(({ module }) => module),
      places.map(({ index }) => index),
      places.map(({ module }) => collection.modules[module]?.name ?? ""),
      collection.id,
      subjectOf(collection),
    ],
  );
  return rows;
}

type StoredRow = Pick<LatentRow, "index" | ColumnsWith<"stored">> & {
  module: number;
  selectivity_low: number | null;
  selectivity_high: number | null;
  top_domain: number | null;
  domain_counts: number[];
  top_tokens: Buffer;
  positive_tail: Buffer | null;
  negative_tail: Buffer | null;
  per_firing: number | null;
  half_width: number | null;
  control_per_firing: number | null;
  control_half_width: number | null;
  label: string | null;
  label_source: "person" | "explainer" | null;
};

type StoredDetail = {
  next_tokens: Buffer;
  domain_rows: number[] | null;
  class_rows: number[] | null;
  place_counts: number[] | null;
  histogram: Buffer;
  related_decoder: Buffer;
  related_encoder: Buffer;
  fires_with: Buffer;
  logit_effect: Buffer | null;
  spectrum: Buffer | null;
  training_density: Buffer | null;
  quiet: number[];
};

function toLatentRow({ modules, domains, positions }: CollectionRow, texts: readonly string[], row: StoredRow): LatentRow {
  const { module: place, selectivity_low: low, selectivity_high: high, top_domain, domain_counts, top_tokens, label, label_source } = row;
  const module = modules[place];
  if (module === undefined) throw new Error(`the collection has no module ${place}`);
  const density = positions === 0 ? 0 : row.fireCount / positions;
  return inRowOrder({
    ...row,
    module: module.name,
    layer: module.layer,
    projection: module.projection,
    density,
    specificShare: specificShare(row.outputShare, density),
    selectivityInterval: low === null || high === null ? null : [low, high],
    topDomain: top_domain === null ? null : (domains[top_domain]?.name ?? null),
    domainCounts: domain_counts,
    topTokens: unpackTokens(top_tokens, texts),
    positiveTail: row.positive_tail && unpackTail(row.positive_tail, texts),
    negativeTail: row.negative_tail && unpackTail(row.negative_tail, texts),
    ablation: toAblation(row),
    label: label === null || label_source === null ? null : { text: label, source: label_source },
  });
}

/** A row's values and nothing else, in their order. */
function inRowOrder(row: LatentRow): LatentRow {
  // Every key of a row, with its own value.
  return Object.fromEntries(latentColumnNames.map((name) => [name, row[name]])) as LatentRow;
}

function float32s(packed: Buffer): Float32Array {
  return Float32Array.from({ length: packed.length / 4 }, (_, i) => packed.readFloatLE(i * 4));
}
