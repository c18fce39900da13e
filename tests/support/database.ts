import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { Client } from "pg";
import { afterAll } from "vitest";
import { openStore, type Store } from "@/server/db/client";
import { newId } from "@/server/db/new-id";

/**
 * A database of the test file's own, with all tables and nothing in them; gone after the file's last test.
 * Call it in `beforeAll` or at the file's top level with `await`.
 */
export async function freshDatabase(): Promise<Store> {
  const template = await serverUrl();
  const name = `test_${newId()}`;
  await administer(template, `CREATE DATABASE ${name} TEMPLATE stanscope`);
  const store = openStore(template.replace("/stanscope?", `/${name}?`));
  afterAll(async () => {
    await store.close();
    await administer(template, `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return store;
}

async function serverUrl(): Promise<string> {
  const answer = await text(createConnection(process.env["STANSCOPE_TEST_DATABASE"] ?? ""));
  if (!answer.startsWith("postgresql:")) throw new Error(answer);
  return answer;
}

async function administer(template: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: template.replace("/stanscope?", "/postgres?") });
  await client.connect();
  await client.query(statement);
  await client.end();
}
