import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openContext, type ServiceContext } from "@/server/services/context";
import { freshDatabase } from "./database";

/** Services over a database and a data folder of the test file's own. */
export async function freshContext(): Promise<ServiceContext> {
  const database = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "stanscope-home-"));
  const context = openContext({ DATABASE_URL: database.url, STANSCOPE_HOME: folder });
  afterAll(async () => {
    await context.store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return context;
}
