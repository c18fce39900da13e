import { type SQL, sql } from "drizzle-orm";
import type { ColumnHistogram } from "@/lib/contract/latent";
import { type Database, onlyRow } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { ownTable } from "./load-collection";

const bins = 32;

/** Counts of latents in even bins from `from` to `to`; on a log scale those are powers of ten. */
export type ColumnBins = Pick<ColumnHistogram, "column" | "scale" | "counts"> & { from: number; to: number };

/** Each column in one scan of the collection's latents; a column without values has no bins. */
export async function countColumnBins(db: Database, collection: CollectionRow): Promise<ColumnBins[]> {
  const columns: ReadonlyArray<readonly [ColumnHistogram["column"], ColumnHistogram["scale"], SQL]> = [
    ["density", "log", sql`CASE WHEN fire_count > 0 THEN log(fire_count::float8 / ${Math.max(collection.tokens, 1)}::float8) END`],
    ["maxActivation", "linear", sql`max_activation`],
    ["meanActivation", "linear", sql`mean_activation`],
    ["selectivity", "linear", sql`selectivity`],
  ];
  const counted: ColumnBins[] = [];
  for (const [column, scale, value] of columns) {
    const table = ownTable("latents", collection.id);
    const ends = await db.execute<{ from: number | null; to: number | null }>(
      sql`SELECT min(${value}) AS "from", max(${value}) AS "to" FROM ${table}`,
    );
    const { from, to } = onlyRow(ends.rows);
    if (from === null || to === null) continue;
    // A single value still needs a bin with a width.
    const end = to > from ? to : from + 1;
    const { rows } = await db.execute<{ bin: number; count: string }>(sql`
      SELECT least(width_bucket(${value}, ${from}::float8, ${end}::float8, ${bins}::int), ${bins}::int) AS bin, count(*) AS count
      FROM ${table} WHERE ${value} IS NOT NULL GROUP BY 1`);
    const counts = new Array<number>(bins).fill(0);
    for (const { bin, count } of rows) counts[bin - 1] = Number(count);
    counted.push({ column, scale, from, to: end, counts });
  }
  return counted;
}
