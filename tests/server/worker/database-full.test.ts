import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { startPostgres } from "@/scripts/postgres.mjs";
import { migrate } from "@/server/db/migrate";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { startWorker } from "@/tests/support/worker-process";

test("a worker that finds no room for its connections waits for it", async () => {
  const data = temporaryFolder();
  const postgres = await startPostgres(data);
  onTestFinished(() => postgres.stop());
  await migrate(postgres.url);
  const others: Client[] = [];
  onTestFinished(async () => {
    await Promise.all(others.map((client) => client.end()));
  });
  // Until the server refuses one more.
  for (;;) {
    const client = new Client({ connectionString: postgres.url });
    client.on("error", () => {});
    try {
      await client.connect();
    } catch (error) {
      expect(error).toMatchObject({ code: "53300" });
      break;
    }
    others.push(client);
  }
  const worker = startWorker(postgres.url, data);
  setTimeout(() => void Promise.all(others.splice(0).map((client) => client.end())), 12_000);
  expect((await worker).child.exitCode).toBeNull();
});
