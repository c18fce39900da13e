import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { startPostgres } from "@/scripts/postgres.mjs";
import { temporaryFolder } from "@/tests/support/temporary-folder";

async function started(folder: string) {
  const postgres = await startPostgres(folder);
  onTestFinished(() => postgres.stop());
  return postgres;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

function processOf(folder: string): number {
  return Number.parseInt(readFileSync(join(folder, "postgres/postmaster.pid"), "utf8"), 10);
}

describe("the embedded database", () => {
  it("keeps what was committed over a clean stop", async () => {
    const folder = temporaryFolder();
    const first = await started(folder);
    await query(first.url, "CREATE TABLE kept (value int); INSERT INTO kept VALUES (7)");
    await first.stop();
    const second = await started(folder);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, "SELECT value FROM kept")).toEqual([{ value: 7 }]);
  });

  it("keeps what was committed when it is killed, and starts again at the same address", async () => {
    const folder = temporaryFolder();
    const first = await started(folder);
    await query(first.url, "CREATE TABLE kept (value int); INSERT INTO kept VALUES (7)");
    process.kill(processOf(folder), "SIGKILL");
    expect(await first.exited).toBe(137);
    const second = await started(folder);
    expect(await query(second.url, "SELECT value FROM kept")).toEqual([{ value: 7 }]);
  });

  it("starts over a pid file that was cut off", async () => {
    const folder = temporaryFolder();
    await (await started(folder)).stop();
    for (const left of ["", "12"]) {
      writeFileSync(join(folder, "postgres/postmaster.pid"), left);
      const postgres = await started(folder);
      expect(await query(postgres.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
      await postgres.stop();
    }
  });

  it("says what to do with files that are no database of its version", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "postgres"));
    writeFileSync(join(folder, "postgres/notes.txt"), "");
    await expect(startPostgres(folder)).rejects.toThrow(/no complete database.*Move it away/);
    writeFileSync(join(folder, "postgres/PG_VERSION"), "12\n");
    await expect(startPostgres(folder)).rejects.toThrow(/was created by PostgreSQL 12, but this Stanscope includes PostgreSQL \d\d/);
  });

  it("lies in a folder whose path is longer than a socket's may be", async () => {
    const folder = join(temporaryFolder(), "long-".repeat(25));
    const { url } = await started(folder);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("answers on no port of the network", async () => {
    const { url } = await started(temporaryFolder());
    expect(await query(url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "" }]);
    expect(await query(url, "SHOW unix_socket_permissions")).toEqual([{ unix_socket_permissions: "0700" }]);
  });
});
