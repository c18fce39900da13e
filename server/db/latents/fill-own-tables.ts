import type { PoolClient } from "pg";
import type { CollectionModule } from "@/lib/contract/latent";
import type { Store } from "@/server/db/client";
import { partitioned, quotedOwnName, withClient } from "./own-tables";
import { packColumns } from "./pack-columns";

/** Makes the collection's own tables, empty and seen by nobody; what an earlier attempt left is dropped. */
export async function createOwnTables(client: PoolClient, collectionId: string): Promise<void> {
  for (const table of partitioned) {
    const own = quotedOwnName(table, collectionId);
    await client.query(`DROP TABLE IF EXISTS ${own}`);
    await client.query(`CREATE TABLE ${own} (LIKE "${table}" INCLUDING DEFAULTS INCLUDING STORAGE)`);
  }
  const texts = quotedOwnName("texts", collectionId);
  await client.query(`DROP TABLE IF EXISTS ${texts}`);
  await client.query(`CREATE TABLE ${texts} (number int NOT NULL, text text COLLATE "C" PRIMARY KEY)`);
}

/** Packs the columns of what was copied into them, and lets them be seen. */
export async function attachOwnTables(client: PoolClient, id: string, modules: readonly CollectionModule[]): Promise<void> {
  for (const table of partitioned) {
    const key = table === "contexts" ? "collection_id, context" : "collection_id, module, index";
    await client.query(`ALTER TABLE ${quotedOwnName(table, id)} ADD PRIMARY KEY (${key}), ADD CHECK (collection_id = '${id}')`);
  }
  await packColumns(client, id, modules);
  for (const table of partitioned) {
    await client.query(`ALTER TABLE "${table}" ATTACH PARTITION ${quotedOwnName(table, id)} FOR VALUES IN ('${id}')`);
  }
  await client.query(`DROP TABLE ${quotedOwnName("texts", id)}`);
}

/** Gathers statistics and marks the pages as all-visible; it cannot run inside a transaction. */
export async function vacuumOwnTables(store: Store, collectionId: string): Promise<void> {
  await withClient(store.pool, async (client) => {
    for (const table of partitioned) await client.query(`VACUUM (ANALYZE) ${quotedOwnName(table, collectionId)}`);
  });
}
