import { lutimesSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { startPostgres } from "@/scripts/postgres.mjs";

/** Tables that belong to one collection each. */
const ownTable = /^(latents|contexts|examples|texts)_([0-9a-z]+)$/;

/** What a stopped application left in its database that belongs to nothing, as sentences. */
export async function databaseLeftovers(home: string): Promise<string[]> {
  return withDatabase(home, async (client) => {
    const rows = async (statement: string) => (await client.query(statement)).rows;
    const collections = new Set((await rows("SELECT id FROM collections")).map(({ id }) => id));
    const tables = (await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")).map(({ name }) => String(name));
    const orphans = tables.filter((name) => ownTable.test(name) && !collections.has(ownTable.exec(name)?.[2]));
    const [held] = await rows("SELECT (SELECT count(*) FROM leases) AS leases, (SELECT count(*) FROM workers) AS workers");
    return [
      ...orphans.map((name) => `the table ${name} belongs to no collection`),
      ...Object.entries(held ?? {}).flatMap(([table, count]) => (Number(count) === 0 ? [] : [`${count} rows are left in ${table}`])),
    ];
  });
}

/** Makes all that lies in the folder of a stopped application a day and an hour older: a sweep leaves alone what may still be in use. */
export async function makeOlder(home: string): Promise<void> {
  const before = Date.now() / 1000 - 25 * 3600;
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
    if (!name.startsWith("postgres")) lutimesSync(join(home, name), before, before);
  }
  await withDatabase(home, (client) => client.query("UPDATE workers SET heartbeat_at = heartbeat_at - interval '25 hours'"));
}

async function withDatabase<Result>(home: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const postgres = await startPostgres(home);
  const client = new Client({ connectionString: postgres.url });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
    await postgres.stop();
  }
}

/** What of a data folder belongs to nothing once every run, data set, model and dictionary was removed; its own top folders may stay. */
export function fileLeftovers(home: string): string[] {
  const own = new Set(["postgres", "logs", "processes"]);
  const folders = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !own.has(entry.name));
  return folders.flatMap(({ name }) => readdirSync(join(home, name)).map((entry) => `${name}/${entry} belongs to nothing`));
}
