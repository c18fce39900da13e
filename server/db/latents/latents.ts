import { type SQL, sql } from "drizzle-orm";
import { alwaysOnDensity, type LatentQuery, type LatentRow, type latentSortKeys } from "@/lib/contract/latent";
import { type Database, onlyRow } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { ordinalStride } from "./latent-ordinal";
import { ownTable } from "./load-collection";
import { type StoredExample, unpackExamples } from "./pack-examples";
import { latentsWithToken } from "./token-search";

/** Which latents, in which order. */
export type LatentSelection = Omit<LatentQuery, "offset" | "limit">;

/** A latent of a collection, by its module's place in the collection's `modules`. */
export type LatentPlace = { module: number; index: number };

/** What a selection asks of a row, as SQL. */
export type LatentConditions = SQL;

type SortKey = (typeof latentSortKeys)[number];
const nullableColumns: Partial<Record<SortKey, string>> = {
  meanActivation: "mean_activation",
  maxActivation: "max_activation",
  minActivation: "min_activation",
  selectivity: "selectivity",
};

/** The conditions of a selection as SQL over the collection's own table; undefined where nothing can match. */
export async function conditionsOf(db: Database, collection: CollectionRow, selection: LatentSelection): Promise<SQL | undefined> {
  const { modules, tokens, domains } = collection;
  const conditions: SQL[] = [];
  const matching = modules.flatMap((module, place) => {
    const isMatch =
      (selection.module === undefined || module.name === selection.module) &&
      (selection.layer === undefined || module.layer === selection.layer) &&
      (selection.projection === undefined || module.projection === selection.projection);
    return isMatch ? [place] : [];
  });
  if (matching.length < modules.length) conditions.push(sql`module = ANY(${sql.param(matching)}::smallint[])`);
  if (selection.state === "dead") conditions.push(sql`fire_count = 0`);
  if (selection.state === "alive") conditions.push(sql`fire_count > 0`);
  if (selection.state === "alwaysOn") conditions.push(sql`fire_count > ${alwaysOnDensity * Math.max(tokens, 1)}`);
  if (selection.domain !== undefined) {
    const domain = domains.findIndex(({ name }) => name === selection.domain);
    if (domain < 0) return undefined;
    conditions.push(sql`top_domain = ${domain}`);
  }
  const ranges: ReadonlyArray<readonly [string, number | undefined, number | undefined, number]> = [
    ["fire_count", selection.densityMin, selection.densityMax, tokens],
    ["max_activation", selection.maxActivationMin, selection.maxActivationMax, 1],
    ["selectivity", selection.selectivityMin, selection.selectivityMax, 1],
  ];
  for (const [column, from, to, unit] of ranges) {
    if (from !== undefined) conditions.push(sql`${sql.raw(column)} >= ${from * unit}::float8`);
    if (to !== undefined) conditions.push(sql`${sql.raw(column)} <= ${to * unit}::float8`);
  }
  if (selection.token !== undefined && selection.token !== "") {
    const matching = await latentsWithToken(db, collection, selection.token);
    if (matching === undefined) return undefined;
    conditions.push(sql`get_bit(${sql.param(matching)}::bytea, module * ${ordinalStride(modules)}::bigint + index) = 1`);
  }
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
}

export async function countLatents(db: Database, collection: CollectionRow, conditions: SQL): Promise<number> {
  const { rows } = await db.execute<{ count: string }>(sql`SELECT count(*) AS count FROM ${latentsOf(collection)} WHERE ${conditions}`);
  return Number(onlyRow(rows).count);
}

/**
 * Rows `offset`…`offset + limit − 1` of a selection.
 *
 * @param total number of rows in the selection: a page in its second half is read from the far end
 */
export async function readLatentPage(
  db: Database,
  collection: CollectionRow,
  conditions: SQL,
  page: Pick<LatentQuery, "sort" | "order" | "offset" | "limit"> & { total: number },
): Promise<LatentRow[]> {
  const count = Math.min(page.limit, page.total - page.offset);
  if (count <= 0) return [];
  const isFromEnd = page.offset > page.total / 2;
  const skipped = isFromEnd ? page.total - page.offset - count : page.offset;
  const direction = isFromEnd ? "backward" : "forward";
  const { rows } = await db.execute<StoredRow>(sql`
    WITH page AS MATERIALIZED (
      SELECT module, index, row_number() OVER () AS place FROM (
        SELECT module, index FROM ${latentsOf(collection)} WHERE ${conditions}
        ORDER BY ${orderBy(page, direction)} LIMIT ${count} OFFSET ${skipped}
      ) AS ordered
    )
    SELECT ${rowColumns} FROM page
    JOIN ${latentsOf(collection)} AS l USING (module, index)
    JOIN ${detailsOf(collection)} AS d USING (module, index)
    ORDER BY page.place`);
  const latents = rows.map((row) => toLatentRow(collection, row));
  return isFromEnd ? latents.reverse() : latents;
}

/** One latent with its histogram: 64 counts of positive activations, then 64 of negative ones. */
export async function readLatent(
  db: Database,
  collection: CollectionRow,
  place: LatentPlace,
): Promise<{ row: LatentRow; histogram: Uint32Array } | undefined> {
  const { rows } = await db.execute<StoredRow & { histogram: Buffer }>(sql`
    SELECT ${rowColumns}, histogram FROM ${latentsOf(collection)} AS l JOIN ${detailsOf(collection)} AS d USING (module, index)
    WHERE module = ${place.module} AND index = ${place.index}`);
  const found = rows[0];
  if (found === undefined) return undefined;
  const { histogram } = found;
  const counts = Uint32Array.from({ length: histogram.length / 4 }, (_, i) => histogram.readUInt32LE(i * 4));
  return { row: toLatentRow(collection, found), histogram: counts };
}

/** A latent's examples, strongest first. */
export async function readExamples(db: Database, collection: CollectionRow, place: LatentPlace): Promise<StoredExample[]> {
  const { rows } = await db.execute<{ packed: Buffer }>(sql`
    SELECT packed FROM ${ownTable("examples", collection.id)} WHERE module = ${place.module} AND index = ${place.index}`);
  return rows[0] === undefined ? [] : unpackExamples(rows[0].packed);
}

export type StoredContext = { context: number; row: number; domain: number | null; texts: string[] };

export async function readContexts(
  db: Database,
  collection: CollectionRow,
  contexts: readonly number[],
): Promise<Map<number, StoredContext>> {
  const { rows } = await db.execute<StoredContext>(sql`
    SELECT context, "row", domain, texts FROM ${ownTable("contexts", collection.id)}
    WHERE context = ANY(${sql.param([...contexts])}::int[])`);
  return new Map(rows.map((row) => [row.context, row]));
}

/** The latents before and after one in a selection's order, whether or not that one is itself in the selection. */
export async function readNeighbours(
  db: Database,
  collection: CollectionRow,
  conditions: SQL,
  selection: Pick<LatentQuery, "sort" | "order">,
  place: LatentPlace,
): Promise<{ previous: LatentPlace | null; next: LatentPlace | null }> {
  const [previous, next] = await Promise.all([
    readNeighbour(db, collection, conditions, selection, place, "backward"),
    readNeighbour(db, collection, conditions, selection, place, "forward"),
  ]);
  return { previous, next };
}

type Direction = "forward" | "backward";

async function readNeighbour(
  db: Database,
  collection: CollectionRow,
  conditions: SQL,
  { sort, order }: Pick<LatentQuery, "sort" | "order">,
  { module, index }: LatentPlace,
  direction: Direction,
): Promise<LatentPlace | null> {
  const table = latentsOf(collection);
  const ordered = orderBy({ sort, order }, direction);
  const isAscending = (order === "asc") === (direction === "forward");
  const select = (where: SQL) => sql`(SELECT module, index FROM ${table} WHERE ${conditions} AND ${where} ORDER BY ${ordered} LIMIT 1)`;
  const own = (column: string) => sql`(SELECT ${sql.raw(column)} FROM ${table} WHERE module = ${module} AND index = ${index})`;
  const column = nullableColumns[sort];
  if (column === undefined) {
    const beyond = sql.raw(isAscending ? ">" : "<");
    const where = {
      module: sql`(module, index) ${beyond} (${module}, ${index})`,
      index: sql`(index, module) ${beyond} (${index}, ${module})`,
    };
    const byCount = sql`(fire_count, module, index) ${beyond} (${own("fire_count")}, ${module}, ${index})`;
    return first(db, select(sort === "module" || sort === "index" ? where[sort] : byCount));
  }
  const value = onlyRow((await db.execute<{ value: number | null }>(sql`SELECT ${own(column)} AS value`)).rows).value;
  const name = sql.raw(column);
  const isTied = sql`(module, index) ${sql.raw(direction === "forward" ? ">" : "<")} (${module}, ${index})`;
  const tied = select(value === null ? sql`${name} IS NULL AND ${isTied}` : sql`${name} = ${value}::float8 AND ${isTied}`);
  // Latents without a value lie behind all others in both orders.
  const others: SQL[] = [];
  if (value !== null) others.push(select(sql`${name} ${sql.raw(isAscending ? ">" : "<")} ${value}::float8`));
  if (value !== null && direction === "forward") others.push(select(sql`${name} IS NULL`));
  if (value === null && direction === "backward") others.push(select(sql`${name} IS NOT NULL`));
  return first(db, sql.join([tied, ...others], sql` UNION ALL `));
}

async function first(db: Database, query: SQL): Promise<LatentPlace | null> {
  const { rows } = await db.execute<LatentPlace>(sql`SELECT module, index FROM (${query}) AS found LIMIT 1`);
  return rows[0] ?? null;
}

/** Terms that one of the collection's indexes holds, read forward or backward. */
function orderBy({ sort, order }: Pick<LatentQuery, "sort" | "order">, direction: Direction): SQL {
  const isAscending = (order === "asc") === (direction === "forward");
  const way = isAscending ? "ASC" : "DESC";
  const column = nullableColumns[sort];
  if (column !== undefined) {
    const [nulls, tie] = direction === "forward" ? ["LAST", "ASC"] : ["FIRST", "DESC"];
    return sql.raw(`${column} ${way} NULLS ${nulls}, module ${tie}, index ${tie}`);
  }
  if (sort === "module") return sql.raw(`module ${way}, index ${way}`);
  if (sort === "index") return sql.raw(`index ${way}, module ${way}`);
  return sql.raw(`fire_count ${way}, module ${way}, index ${way}`);
}

const rowColumns = sql.raw(
  "module, index, fire_count, mean_activation, max_activation, min_activation, selectivity, top_domain, domain_counts, top_tokens",
);

type StoredRow = {
  module: number;
  index: number;
  fire_count: number;
  mean_activation: number | null;
  max_activation: number | null;
  min_activation: number | null;
  selectivity: number | null;
  top_domain: number | null;
  domain_counts: number[];
  top_tokens: LatentRow["topTokens"];
};

function toLatentRow({ modules, domains, tokens }: CollectionRow, row: StoredRow): LatentRow {
  const module = modules[row.module];
  if (module === undefined) throw new Error(`the collection has no module ${row.module}`);
  return {
    module: module.name,
    layer: module.layer,
    projection: module.projection,
    index: row.index,
    fireCount: row.fire_count,
    density: tokens === 0 ? 0 : row.fire_count / tokens,
    meanActivation: row.mean_activation,
    maxActivation: row.max_activation,
    minActivation: row.min_activation,
    selectivity: row.selectivity,
    topDomain: row.top_domain === null ? null : (domains[row.top_domain]?.name ?? null),
    domainCounts: row.domain_counts,
    topTokens: row.top_tokens,
  };
}

function latentsOf(collection: CollectionRow): SQL {
  return ownTable("latents", collection.id);
}

function detailsOf(collection: CollectionRow): SQL {
  return ownTable("latent_details", collection.id);
}
