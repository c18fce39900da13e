import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { type Partitioned, partitioned, quotedOwnName } from "@/server/db/latents/own-tables";
import { isMisfit } from "@/server/db/retry-while-down";

/** Rows of a table in PostgreSQL's binary form, without the column that says what they belong to. */
export type CopiedRows = { readonly columns: readonly string[]; readonly rows: Buffer };

/** Rows that do not fit the tables: another version of Stanscope packed them. */
export class OtherVersionError extends Error {
  override readonly name = "OtherVersionError";
}

type Table = { readonly name: string; readonly key: "run_id" | "collection_id" };

/** What was measured while a run trained. */
export const tablesOfRun: readonly Table[] = ["run_metrics", "run_evaluations", "run_health", "run_log"].map((name) => ({
  name,
  key: "run_id",
}));
/** What a collection has in tables of its own, and its measured effects. */
export const tablesOfCollection: readonly Table[] = [...partitioned, "effects"].map((name) => ({ name, key: "collection_id" }));

/** The column that PostgreSQL numbers by itself: copied rows get new numbers. */
const serial = "id";

/** The rows of a table that belong to a run or collection. */
export async function copyOut(client: PoolClient, { name, key }: Table, id: string): Promise<CopiedRows> {
  const { rows } = await client.query<{ column: string }>(
    `SELECT column_name AS column FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = $1 AND column_name NOT IN ($2, $3) ORDER BY ordinal_position`,
    [name, key, serial],
  );
  const columns = rows.map(({ column }) => column);
  // COPY takes no parameters: the id goes through a table.
  await client.query(`CREATE TEMP TABLE copied AS SELECT ${listed(columns)} FROM ${quotedTable(name, id)} WHERE ${key} = $1`, [id]);
  const copied = await buffer(client.query(copyTo("COPY (SELECT * FROM copied ORDER BY 1, 2) TO STDOUT WITH (FORMAT binary)")));
  await client.query("DROP TABLE copied");
  return { columns, rows: copied };
}

/** Adds what `copyOut` gave, as rows of another run or collection. @throws OtherVersionError where they do not fit the table */
export async function copyIn(client: PoolClient, table: Table, id: string, copied: CopiedRows): Promise<void> {
  try {
    await addRows(client, table, id, copied);
  } catch (cause) {
    throw isMisfit(cause) ? new OtherVersionError(`rows of ${table.name} do not fit`, { cause }) : cause;
  }
}

async function addRows(client: PoolClient, { name, key }: Table, id: string, { columns, rows }: CopiedRows): Promise<void> {
  const target = quotedTable(name, id);
  await client.query(`CREATE TEMP TABLE copied AS SELECT ${listed(columns)} FROM ${target} WITH NO DATA`);
  await pipeline(Readable.from([rows]), client.query(copyFrom("COPY copied FROM STDIN WITH (FORMAT binary)")));
  await client.query(`INSERT INTO ${target} (${key}, ${listed(columns)}) SELECT $1, * FROM copied`, [id]);
  await client.query("DROP TABLE copied");
}

function quotedTable(name: string, id: string): string {
  return isPartitioned(name) ? quotedOwnName(name, id) : `"${name}"`;
}

function isPartitioned(name: string): name is Partitioned {
  return partitioned.some((table) => table === name);
}

function listed(columns: readonly string[]): string {
  return columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(", ");
}
