import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as applyMigrations } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";

const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));
/** Any constant of ours; all processes that migrate queue up behind it. */
const lockKey = 0x57a9;

/** Brings the database's tables to the present form; several processes may call it at once. */
export async function migrate(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: "stanscope migrate" });
  // A connection that breaks fails the next statement.
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    await client.query("SET client_min_messages = warning");
    await applyMigrations(drizzle(client), { migrationsFolder });
  } finally {
    await client.end();
  }
}
