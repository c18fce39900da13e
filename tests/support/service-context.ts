import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { upsertModel } from "@/server/db/library/models";
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

/** A model of 3 layers as the list has it; no file is read for it. */
export async function storedModel({ store }: ServiceContext, id = "m1"): Promise<string> {
  await upsertModel(store.db, {
    id,
    name: "tiny llama",
    architecture: "llama",
    format: "safetensors",
    path: "/nowhere/tiny",
    revision: `sha256:${id}`,
    parameters: 1000,
    sizeBytes: 4000,
    numLayers: 3,
    dModel: 8,
    vocab: 100,
    contextLength: 128,
    hasChatTemplate: false,
    projections: [
      { name: "q_proj", dIn: 8, dOut: 8 },
      { name: "v_proj", dIn: 8, dOut: 4 },
    ],
    defaultTargets: ["q_proj", "v_proj"],
  });
  return id;
}
