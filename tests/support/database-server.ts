import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { type Postgres, startPostgres } from "@/scripts/postgres.mjs";
import { migrate } from "@/server/db/migrate";

/**
 * Runs one PostgreSQL server for all tests of a vitest run, in a folder of its own. It is started when the first test asks for its address at the
 * door (a local socket), so tests that need no database pay nothing.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "stanscope-db-"));
  const door = join(folder, "door");
  let starting: Promise<Postgres> | undefined;
  const server = createServer((socket) => {
    starting ??= start(folder);
    starting.then(
      ({ url }) => socket.end(url),
      (error: unknown) => socket.end(`error: ${String(error)}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(door, resolve));
  // The processes of the test files inherit it.
  process.env["STANSCOPE_TEST_DATABASE"] = door;
  return async () => {
    server.close();
    await starting?.then(({ stop }) => stop());
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Starts the server and makes its template, with all tables, from which each test file's database is copied. */
async function start(folder: string): Promise<Postgres> {
  const postgres = await startPostgres(folder);
  await neverFlush(postgres.url);
  await migrate(postgres.url);
  return postgres;
}

/** These databases need not survive a crash of the machine, so no test waits for the disk. */
async function neverFlush(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("ALTER SYSTEM SET fsync = off");
  await client.query("ALTER SYSTEM SET full_page_writes = off");
  await client.query("SELECT pg_reload_conf()");
  await client.end();
}
