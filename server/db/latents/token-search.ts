import { sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import type { CollectionRow } from "./collections";
import { ordinalBits, ordinalStride } from "./latent-ordinal";

/** A finished collection never changes, so what was found stays good; the oldest make room. */
const known = new Map<string, Buffer | undefined>();
const mostKnown = 64;

/** Which latents of a finished collection have a top token whose text holds `part`, as bits by ordinal; undefined when none has. */
export async function latentsWithToken(db: Database, collection: CollectionRow, part: string): Promise<Buffer | undefined> {
  const key = `${collection.id} ${part}`;
  if (known.has(key)) return known.get(key);
  const bits = await search(db, collection, part);
  known.set(key, bits);
  const oldest = known.keys().next().value;
  if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
  return bits;
}

async function search(db: Database, collection: CollectionRow, part: string): Promise<Buffer | undefined> {
  const pattern = `%${part.replace(/[\\%_]/g, "\\$&")}%`;
  const { rows } = await db.execute<{ latents: Buffer }>(sql`
    SELECT latents FROM collection_tokens
    WHERE collection_id = ${collection.id} AND latents IS NOT NULL AND text ILIKE ${pattern}`);
  if (rows.length === 0) return undefined;
  return ordinalBits(
    rows.map(({ latents }) => latents),
    collection.modules.length * ordinalStride(collection.modules),
  );
}
