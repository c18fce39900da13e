import { join } from "node:path";
import { readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { packTar } from "@/server/services/library/tar";
import { adapterFiles, findAdapterFolder } from "./adapter-folder";

/** A run's adapter folder in PEFT layout as a tar file: the finished one, else the last checkpoint's. */
export async function exportAdapter(context: ServiceContext, runId: string): Promise<{ name: string; tar: AsyncGenerator<Uint8Array> }> {
  const run = found(await readRun(context.store.db, runId), "such run");
  const folder = await findAdapterFolder(context, runId);
  if (folder === undefined) throw new ServiceError("conflict", "The run has no adapter yet. Wait for its first checkpoint.");
  const name =
    run.name
      .replace(/[^\w.-]+/g, "-")
      .replace(/^[-.]+|-+$/g, "")
      .slice(0, 60) || run.id;
  return {
    name,
    tar: packTar(adapterFiles.map((file) => ({ name: `${name}/${file}`, path: join(/* turbopackIgnore: true */ folder, file) }))),
  };
}
