import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { latestCheckpoint } from "@/server/db/runs/checkpoints";
import { readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { packTar } from "@/server/services/library/tar";

const files = ["adapter_config.json", "adapter_model.safetensors"];

/** A run's adapter folder in PEFT layout as a tar file: the finished one, else the last checkpoint's. */
export async function exportAdapter(
  { store, artefacts }: ServiceContext,
  runId: string,
): Promise<{ name: string; tar: AsyncGenerator<Uint8Array> }> {
  const run = found(await readRun(store.db, runId), "such run");
  const checkpoint = await latestCheckpoint(store.db, runId);
  const candidates = [artefacts.path(`runs/${runId}/adapter`)];
  if (checkpoint !== undefined) {
    const { folder } = checkpoint;
    candidates.push(join(isAbsolute(folder) ? folder : artefacts.path(folder), "adapter"));
  }
  const folder = candidates.find((candidate) => files.every((file) => existsSync(join(candidate, file))));
  if (folder === undefined) throw new ServiceError("conflict", "The run has no adapter yet. Wait for its first checkpoint.");
  const name =
    run.name
      .replace(/[^\w.-]+/g, "-")
      .replace(/^[-.]+|-+$/g, "")
      .slice(0, 60) || run.id;
  return { name, tar: packTar(files.map((file) => ({ name: `${name}/${file}`, path: join(/* turbopackIgnore: true */ folder, file) }))) };
}
