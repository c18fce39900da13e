import { readdirSync, readFileSync } from "node:fs";
import { drizzle } from "drizzle-orm/node-postgres";
import { Client } from "pg";
import { expect, it } from "vitest";
import { listCollections } from "@/server/db/latents/collections";
import { listShards } from "@/server/db/latents/shards";
import { freshDatabase } from "@/tests/support/database";
import { someConfig, storedRun } from "@/tests/support/stored-collection";

const store = await freshDatabase();
const { url, pool } = store;

/** Names of all migrations, in their order. */
const migrations = readdirSync("drizzle")
  .filter((name) => name.endsWith(".sql"))
  .map((name) => name.replace(".sql", ""))
  .sort();

/** Statements of a migration's file. */
function statementsOf(name: string): string[] {
  return readFileSync(`drizzle/${name}.sql`, "utf8").split("--> statement-breakpoint");
}

it("takes collections of before away with all of their tables, and keeps runs", async () => {
  await pool.query("CREATE SCHEMA before");
  const client = new Client({ connectionString: url, options: "-c search_path=before" });
  await client.connect();
  try {
    // Foreign keys name the schema that tables usually lie in.
    for (const name of ["0000_first", "0001_token-latents"])
      for (const statement of statementsOf(name)) await client.query(statement.replaceAll('"public".', '"before".'));
    await client.query(
      `INSERT INTO runs (id, name, method, model_name, data_name, seed, config, steps) VALUES ('r1', 'a', 'stan', 'm', 'd', 0, $1, 5)`,
      [JSON.stringify(someConfig)],
    );
    await client.query(
      "INSERT INTO collections (id, run_id, name, settings, step, max_tokens) VALUES ('0123456789ab', 'r1', 'all', '{}', 5, 100)",
    );
    for (const table of ["latents", "latent_details", "contexts", "examples"])
      await client.query(`CREATE TABLE "${table}_0123456789ab" PARTITION OF "${table}" FOR VALUES IN ('0123456789ab')`);
    await client.query('CREATE TABLE "latents_zzzzzzzzzzzz" (LIKE "latents")');
    for (const name of ["0002_collections-leave", "0003_latents-in-full", "0004_steering"])
      for (const statement of statementsOf(name)) await client.query(statement.replaceAll('"public".', '"before".'));
    const { rows } = await client.query<{ relname: string }>(
      "SELECT relname FROM pg_class WHERE relnamespace = 'before'::regnamespace AND relname ~ '_(0123456789ab|zzzzzzzzzzzz)'",
    );
    expect(rows).toEqual([]);
    expect((await client.query("SELECT id FROM collections")).rows).toEqual([]);
    const runs = await client.query("SELECT id, derived_from, baked_edits FROM runs");
    expect(runs.rows).toEqual([{ id: "r1", derived_from: null, baked_edits: null }]);
    const cut = await client.query<{ relname: string }>(
      "SELECT relname FROM pg_class WHERE relkind = 'p' AND relnamespace = 'before'::regnamespace ORDER BY relname",
    );
    expect(cut.rows.map(({ relname }) => relname)).toEqual(["contexts", "examples", "latents"]);
  } finally {
    await client.end();
  }
});

it("leaves columns of packed numbers uncompressed, beside the row", async () => {
  const { rows } = await pool.query(
    `SELECT attname, attstorage FROM pg_attribute WHERE attrelid = 'latent_columns'::regclass AND attname IN ('values', 'order') ORDER BY attname`,
  );
  expect(rows).toEqual([
    { attname: "order", attstorage: "e" },
    { attname: "values", attstorage: "e" },
  ]);
});

it("adds the share of rows to collections that are there, and loses nothing of them", async () => {
  await pool.query("CREATE SCHEMA earlier");
  const client = new Client({ connectionString: url, options: "-c search_path=earlier" });
  await client.connect();
  const migrate = async (list: readonly string[]) => {
    for (const name of list)
      for (const statement of statementsOf(name)) await client.query(statement.replaceAll('"public".', '"earlier".'));
  };
  try {
    await migrate(migrations.filter((name) => name < "0011"));
    await client.query("CREATE TABLE latents_0123456789ab PARTITION OF latents FOR VALUES IN ('0123456789ab')");
    await client.query(
      `INSERT INTO latents (collection_id, module, index, fire_count, skewness, attribution_count, domain_counts, top_tokens, next_tokens,
         histogram, related_decoder, related_encoder, fires_with, quiet)
       VALUES ('0123456789ab', 0, 3, 17, 0.5, 0, '{}', '', '', '', '', '', '', '{}')`,
    );
    await migrate(migrations.filter((name) => name >= "0011"));
    const { rows } = await client.query("SELECT index, fire_count, skewness, row_share FROM latents");
    expect(rows).toEqual([{ index: 3, fire_count: 17, skewness: 0.5, row_share: null }]);
  } finally {
    await client.end();
  }
});

it("keeps what collections hold when their tokens become positions", async () => {
  await pool.query("CREATE SCHEMA tokens");
  const client = new Client({ connectionString: url, options: "-c search_path=tokens" });
  await client.connect();
  try {
    for (const name of migrations.filter((name) => name < "0012"))
      for (const statement of statementsOf(name)) await client.query(statement.replaceAll('"public".', '"tokens".'));
    await client.query(
      `INSERT INTO runs (id, name, method, model_name, data_name, seed, config, steps) VALUES ('r1', 'a', 'stan', 'm', 'd', 0, $1, 5)`,
      [JSON.stringify(someConfig)],
    );
    const domains = [{ name: "sea", tokens: 700 }];
    await client.query(
      `INSERT INTO collections (id, run_id, origin, name, settings, step, status, tokens, max_tokens, contexts, domains, num_latents)
       VALUES ('0123456789ab', 'r1', '{"kind":"run","runId":"r1"}', 'all', '{}', 5, 'finished', 1100, 2000, 1, $1, 7)`,
      [JSON.stringify(domains)],
    );
    await client.query("INSERT INTO collection_shards (collection_id, shard, tokens) VALUES ('0123456789ab', 0, 600)");
    await client.query("CREATE TABLE contexts_0123456789ab PARTITION OF contexts FOR VALUES IN ('0123456789ab')");
    await client.query("INSERT INTO contexts VALUES ('0123456789ab', 0, 11, 0, '{5,6}', '{the,\" caf\"}')");
    for (const name of migrations.filter((name) => name >= "0012"))
      for (const statement of statementsOf(name)) await client.query(statement.replaceAll('"public".', '"tokens".'));
    const db = drizzle(client);
    const [summary, ...others] = await listCollections(db, "r1");
    expect(others).toEqual([]);
    expect(summary).toMatchObject({
      status: "finished",
      positionKind: "token",
      tokens: 1100,
      maxTokens: 2000,
      contexts: 1,
      domains,
      numLatents: 7,
    });
    expect(await listShards(db, "0123456789ab")).toEqual([{ shard: 0, positions: 600, status: "queued" }]);
    const { rows } = await client.query("SELECT context, row, domain, token_ids, texts, columns FROM contexts_0123456789ab");
    expect(rows).toEqual([{ context: 0, row: 11, domain: 0, token_ids: [5, 6], texts: ["the", " caf"], columns: null }]);
  } finally {
    await client.end();
  }
});

it("takes detections of before as ones without probes", async () => {
  const run = await storedRun(store);
  await pool.query("INSERT INTO detections (id, run_id, data_name, request, task_id) VALUES ('d', $1, 'data', $2, 't')", [
    run,
    { dataSetId: "d1", by: null, seed: 4 },
  ]);
  const [, fill = ""] = statementsOf("0023_probes");
  await pool.query(fill);
  const { rows } = await pool.query("SELECT request, probes FROM detections WHERE id = 'd'");
  expect(rows).toEqual([{ request: { dataSetId: "d1", by: null, probe: false, seed: 4 }, probes: null }]);
});
