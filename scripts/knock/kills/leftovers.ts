import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { startPostgres } from "@/scripts/postgres.mjs";

/** Tables that belong to one collection each. */
const ownTable = /^(latents|contexts|examples|texts)_([0-9a-z]+)$/;

/** What a stopped application left in its database that belongs to nothing, as sentences. */
export async function databaseLeftovers(home: string): Promise<string[]> {
  const postgres = await startPostgres(home);
  const client = new Client({ connectionString: postgres.url });
  try {
    await client.connect();
    const count = async (table: string) => Number((await client.query(`SELECT count(*) AS n FROM ${table}`)).rows[0].n);
    const collections = new Set((await client.query("SELECT id FROM collections")).rows.map(({ id }) => id));
    const tables = (await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).rows.map(
      ({ tablename }) => tablename,
    );
    const orphans = tables.filter((name) => !collections.has(ownTable.exec(name)?.[2] ?? [...collections][0]) && ownTable.test(name));
    const held = { leases: await count("leases"), workers: await count("workers") };
    return [
      ...orphans.map((name) => `the table ${name} belongs to no collection`),
      ...Object.entries(held).flatMap(([table, rows]) => (rows === 0 ? [] : [`${rows} rows are left in ${table}`])),
    ];
  } finally {
    await client.end();
    await postgres.stop();
  }
}

/** What of a data folder belongs to nothing once every run, data set, model and dictionary was removed; its own top folders may stay. */
export function fileLeftovers(home: string): string[] {
  const own = new Set(["postgres", "logs"]);
  const folders = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !own.has(entry.name));
  return folders.flatMap(({ name }) => readdirSync(join(home, name)).map((entry) => `${name}/${entry} belongs to nothing`));
}
