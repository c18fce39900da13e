import { and, eq } from "drizzle-orm";
import type { PoolClient } from "pg";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { PositionGrid } from "@/lib/contract/positions/position-kind";
import type { Database, Store } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { collections, type StoredProbe } from "@/server/db/tables/collection-tables";
import { isUnfinishedCollection } from "./collections";
import { copyLatentRows, type LatentRowInput } from "./copy-latent-rows";
import { copyRows } from "./copy-rows";
import { attachOwnTables, createOwnTables, vacuumOwnTables } from "./fill-own-tables";
import { inTransaction, ownName, partitioned, quotedOwnName, withClient } from "./own-tables";
import { packExamples, type StoredBand, type StoredExample } from "./pack-examples";

export type LatentInput = LatentRowInput;

/** A row of the corpus as the model read it. */
export type ContextInput = {
  context: number;
  row: number;
  domain: number | null;
  /** Empty where positions have no vocabulary. */
  tokenIds: ArrayLike<number>;
  /** One a position. */
  texts: readonly string[];
  /** Where positions form a grid. */
  grid?: PositionGrid;
  /** The row's label in the data. */
  answer?: string;
  /** WebP: the image as the model read it. */
  image?: Uint8Array;
  /** WebP: of a noisy image, it before noise was added. */
  clean?: Uint8Array;
};

/** A latent's examples: the strongest, strongest first, and its bands, weakest first. */
export type ExampleInput = { module: number; index: number; top: readonly StoredExample[]; bands: readonly StoredBand[] };

export type CollectionResult = Pick<CollectionSummary, "contexts" | "domains" | "modules" | "numLatents"> & {
  classes?: CollectionSummary["classes"];
  /** Counted. */
  positions: number;
  k: number;
  seconds: number;
  /** Windows of contexts that are stored, whether or not an example lies in them. */
  probes: StoredProbe[];
  /** Positions from which co-firing was counted; 0 where it was not. */
  coFiringSampled: number;
  /** Last steps of the windows that training densities are over; empty where there is no record. */
  trainingSteps: number[];
};

type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;

/** Makes the collection's own, unseen tables, empty; what an earlier attempt left is dropped. */
export async function beginLoad(store: Store, collectionId: string): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    await createOwnTables(client, collectionId);
    await client.query("DELETE FROM latent_columns WHERE collection_id = $1", [collectionId]);
    await client.query("DELETE FROM effects WHERE collection_id = $1", [collectionId]);
  });
}

/** One call a module, in the order of their places; its latents by ascending index. */
export async function copyLatents(store: Store, collectionId: string, latents: readonly LatentInput[]): Promise<void> {
  await inTransaction(store.pool, (client) => copyLatentRows(client, collectionId, latents));
}

export async function copyContexts(store: Store, collectionId: string, contexts: Rows<ContextInput>): Promise<number> {
  return withClient(store.pool, (client) =>
    copyRows(
      client,
      ownName("contexts", collectionId),
      ["collection_id", "context", "row", "domain", "token_ids", "texts", "columns", "leading", "answer", "image", "clean"],
      contexts,
      (encoder, { context, row, domain, tokenIds, texts, grid, answer, image, clean }) => {
        encoder.text(collectionId);
        encoder.int4(context);
        encoder.int4(row);
        encoder.int2(domain);
        encoder.int4Array(tokenIds);
        encoder.textArray(texts);
        encoder.int4OrNull(grid?.columns ?? null);
        encoder.int4OrNull(grid?.leading ?? null);
        encoder.textOrNull(answer ?? null);
        encoder.byteaOrNull(image ?? null);
        encoder.byteaOrNull(clean ?? null);
      },
    ),
  );
}

export async function copyExamples(store: Store, collectionId: string, examples: Rows<ExampleInput>): Promise<number> {
  return withClient(store.pool, (client) =>
    copyRows(client, ownName("examples", collectionId), ["collection_id", "module", "index", "packed"], examples, (encoder, latent) => {
      encoder.text(collectionId);
      encoder.int2(latent.module);
      encoder.int4(latent.index);
      encoder.bytea(packExamples(latent));
    }),
  );
}

/**
 * Packs the columns of what was copied, makes it visible and marks the collection as finished: until then nothing of it is seen.
 *
 * @param andThen what is due when it is finished, written in the same transaction
 * @throws Error when the collection was cancelled or removed meanwhile
 */
export async function finishCollection(
  store: Store,
  collection: { id: string; runId: string | null },
  result: CollectionResult,
  andThen: (db: Database) => Promise<void> = async () => {},
): Promise<void> {
  const { id, runId } = collection;
  await inTransaction(store.pool, async (client) => attachOwnTables(client, id, result.modules));
  await vacuumOwnTables(store, id);
  await store.db.transaction(async (transaction) => {
    const finished = await transaction
      .update(collections)
      .set({ ...result, status: "finished", error: null, stage: null })
      .where(and(eq(collections.id, id), isUnfinishedCollection))
      .returning({ id: collections.id });
    if (finished.length === 0) throw new Error("the collection was cancelled or removed before it was saved");
    await andThen(transaction);
    if (runId !== null) await notify(transaction, { kind: "run", runId });
  });
}

/** Removes a collection with its tables. */
export async function dropCollection(store: Store, collectionId: string): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    await dropTables(client, collectionId);
    await client.query("DELETE FROM collections WHERE id = $1", [collectionId]);
    await client.query("DELETE FROM revisions WHERE key = $1", [`effects ${collectionId}`]);
  });
}

/** Removes what was loaded of a collection that did not finish. */
export async function dropLoad(store: Store, collectionId: string): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    await dropTables(client, collectionId);
    await client.query("DELETE FROM latent_columns WHERE collection_id = $1", [collectionId]);
  });
}

/** Collections that failed or were cancelled, and whose tables are still there: the process that loaded them died, or had handed them back. */
export async function listLeftLoads({ pool }: Store): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM collections WHERE status IN ('failed', 'cancelled') AND to_regclass('latents_' || id) IS NOT NULL",
  );
  return rows.map(({ id }) => id);
}

async function dropTables(client: PoolClient, collectionId: string): Promise<void> {
  for (const table of [...partitioned, "texts"] as const) await client.query(`DROP TABLE IF EXISTS ${quotedOwnName(table, collectionId)}`);
}
