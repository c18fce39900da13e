import { eq, type SQL, sql } from "drizzle-orm";
import type { Pool, PoolClient } from "pg";
import type { CollectionSummary, LatentRow } from "@/lib/contract/latent";
import type { Store } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { collections } from "@/server/db/tables/collection-tables";
import { copyRows } from "./copy-rows";
import { ordinalStride } from "./latent-ordinal";
import { packExamples, type StoredExample } from "./pack-examples";
import { tokenHash } from "./token-hash";

const partitioned = ["latents", "latent_details", "contexts", "examples"] as const;
type Partitioned = (typeof partitioned)[number];

/** One latent as it is stored; `module` is its place in the collection's modules, `topDomain` in its domains. */
export type LatentInput = {
  module: number;
  index: number;
  fireCount: number;
  meanActivation: number | null;
  maxActivation: number | null;
  minActivation: number | null;
  selectivity: number | null;
  topDomain: number | null;
  domainCounts: ArrayLike<number>;
  topTokens: LatentRow["topTokens"];
  /** 64 counts of positive activations, then 64 of negative ones. */
  histogram: Uint32Array;
};

/** A row of the corpus as the model read it: one text a token id. */
export type ContextInput = { context: number; row: number; domain: number | null; tokenIds: ArrayLike<number>; texts: readonly string[] };

/** A latent's examples, strongest first. */
export type ExampleInput = { module: number; index: number; examples: readonly StoredExample[] };

type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;

/** Makes the collection's own, unseen tables, empty; what an earlier attempt left is dropped. */
export async function beginLoad(store: Store, collectionId: string): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    for (const table of partitioned) {
      await client.query(`DROP TABLE IF EXISTS ${partition(table, collectionId)}`);
      await client.query(`CREATE TABLE ${partition(table, collectionId)} (LIKE "${table}" INCLUDING DEFAULTS)`);
    }
    await client.query("DELETE FROM collection_tokens WHERE collection_id = $1", [collectionId]);
  });
}

/** May be called once a module or once for all. */
export async function copyLatents(store: Store, collectionId: string, latents: readonly LatentInput[]): Promise<void> {
  const texts = new Map<string, number>();
  for (const { topTokens } of latents) for (const { token } of topTokens) texts.set(token, tokenHash(token));
  await inTransaction(store.pool, async (client) => {
    await copyRows(
      client,
      partitionName("latents", collectionId),
      [
        "collection_id",
        "module",
        "index",
        "fire_count",
        "mean_activation",
        "max_activation",
        "min_activation",
        "selectivity",
        "top_domain",
        "token_hashes",
      ],
      latents,
      (encoder, latent) => {
        encoder.text(collectionId);
        encoder.int2(latent.module);
        encoder.int4(latent.index);
        encoder.int4(latent.fireCount);
        encoder.float8(latent.meanActivation);
        encoder.float8(latent.maxActivation);
        encoder.float8(latent.minActivation);
        encoder.float8(latent.selectivity);
        encoder.int2(latent.topDomain);
        encoder.int4Array(latent.topTokens.map(({ token }) => texts.get(token) ?? 0));
      },
    );
    await copyRows(
      client,
      partitionName("latent_details", collectionId),
      ["collection_id", "module", "index", "domain_counts", "top_tokens", "histogram"],
      latents,
      (encoder, latent) => {
        encoder.text(collectionId);
        encoder.int2(latent.module);
        encoder.int4(latent.index);
        encoder.int4Array(latent.domainCounts);
        encoder.jsonb(latent.topTokens);
        encoder.bytea(littleEndianBytes(latent.histogram));
      },
    );
    await client.query(
      "INSERT INTO collection_tokens SELECT $1, hash, text FROM unnest($2::int[], $3::text[]) AS t(hash, text) ON CONFLICT DO NOTHING",
      [collectionId, [...texts.values()], [...texts.keys()].map((text) => text.replaceAll("\0", "\u2400"))],
    );
  });
}

export async function copyContexts(store: Store, collectionId: string, contexts: Rows<ContextInput>): Promise<number> {
  return withClient(store.pool, (client) =>
    copyRows(
      client,
      partitionName("contexts", collectionId),
      ["collection_id", "context", "row", "domain", "token_ids", "texts"],
      contexts,
      (encoder, { context, row, domain, tokenIds, texts }) => {
        encoder.text(collectionId);
        encoder.int4(context);
        encoder.int4(row);
        encoder.int2(domain);
        encoder.int4Array(tokenIds);
        encoder.textArray(texts);
      },
    ),
  );
}

export async function copyExamples(store: Store, collectionId: string, examples: Rows<ExampleInput>): Promise<number> {
  return withClient(store.pool, (client) =>
    copyRows(
      client,
      partitionName("examples", collectionId),
      ["collection_id", "module", "index", "packed"],
      examples,
      (encoder, latent) => {
        encoder.text(collectionId);
        encoder.int2(latent.module);
        encoder.int4(latent.index);
        encoder.bytea(packExamples(latent.examples));
      },
    ),
  );
}

export type CollectionResult = Pick<CollectionSummary, "tokens" | "contexts" | "domains" | "modules" | "numLatents"> & {
  k: number;
  seconds: number;
};

/** Indexes what was copied, makes it visible and marks the collection as finished, all at once. */
export async function finishCollection(store: Store, collection: { id: string; runId: string }, result: CollectionResult): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    for (const table of partitioned) {
      const own = partition(table, collection.id);
      const key = table === "contexts" ? "collection_id, context" : "collection_id, module, index";
      await client.query(`ALTER TABLE ${own} ADD PRIMARY KEY (${key}), ADD CHECK (collection_id = '${collection.id}')`);
    }
    await client.query(
      `UPDATE collection_tokens SET latents = found.latents
       FROM (SELECT hash, string_agg(int4send(module * $2::int + index), '' ORDER BY module, index) AS latents
             FROM ${partition("latents", collection.id)}, unnest(token_hashes) AS hash GROUP BY hash) AS found
       WHERE collection_id = $1 AND collection_tokens.hash = found.hash`,
      [collection.id, ordinalStride(result.modules)],
    );
    for (const columns of latentIndexes) await client.query(`CREATE INDEX ON ${partition("latents", collection.id)} ${columns}`);
    for (const table of partitioned) {
      await client.query(`ALTER TABLE "${table}" ATTACH PARTITION ${partition(table, collection.id)} FOR VALUES IN ('${collection.id}')`);
    }
  });
  // Marks the pages as all-visible (index-only scans) and gathers statistics; it cannot run inside a transaction.
  for (const table of partitioned) await store.pool.query(`VACUUM (ANALYZE) ${partition(table, collection.id)}`);
  await store.db
    .update(collections)
    .set({ ...result, status: "finished", error: null })
    .where(eq(collections.id, collection.id));
  await notify(store.db, { kind: "run", runId: collection.runId });
}

/** Removes a collection with its tables. */
export async function dropCollection(store: Store, collectionId: string): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    for (const table of partitioned) await client.query(`DROP TABLE IF EXISTS ${partition(table, collectionId)}`);
    await client.query("DELETE FROM collections WHERE id = $1", [collectionId]);
  });
}

/**
 * The collection's own table: read by name, since a condition on the collection would keep queries from answering out of an index alone.
 */
export function ownTable(table: Partitioned, collectionId: string): SQL {
  return sql.raw(partition(table, collectionId));
}

/** What filters ask of a row: with it in the index, a filtered page is read without the table, however far from the first. */
const filtered = "INCLUDE (fire_count, max_activation, selectivity, top_domain)";

/** Each order that the table of latents offers; dead latents, which have no activations, come last in both directions. */
const latentIndexes = [
  `(fire_count, module, index) ${filtered}`,
  ...["mean_activation", "max_activation", "min_activation", "selectivity"].flatMap((column) => [
    `(${column} ASC NULLS LAST, module, index) ${filtered}`,
    `(${column} DESC NULLS LAST, module, index) ${filtered}`,
  ]),
  `(module, index) ${filtered}`,
  `(index, module) ${filtered}`,
];

function partition(table: Partitioned, collectionId: string): string {
  return `"${partitionName(table, collectionId)}"`;
}

/** @throws RangeError when the id is not one of ours: it becomes part of a statement */
function partitionName(table: Partitioned, collectionId: string): string {
  if (!/^[0-9a-z]{1,32}$/.test(collectionId)) throw new RangeError(`collection id "${collectionId}" is not of the form [0-9a-z]{1,32}`);
  return `${table}_${collectionId}`;
}

function littleEndianBytes(counts: Uint32Array): Uint8Array {
  return new Uint8Array(counts.buffer, counts.byteOffset, counts.byteLength);
}

async function withClient<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    // After a broken COPY the connection's state is unknown.
    client.release(true);
    throw error;
  }
}

async function inTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return withClient(pool, async (client) => {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  });
}
