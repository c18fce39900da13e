import { join } from "node:path";
import type { AdapterFormat } from "@/lib/contract/api";
import { storedRunConfig } from "@/lib/contract/run-config";
import { taskOf } from "@/lib/contract/tasks/tasks";
import { readModel } from "@/server/db/library/models";
import { readRun, readRunSummary } from "@/server/db/runs/runs";
import { trainedFiles } from "@/server/files/adapters/trained-folder";
import { type PackedFile, writeTar } from "@/server/interop/archives/write-tar";
import { writeZip } from "@/server/interop/archives/write-zip";
import { exportedClasses } from "@/server/interop/peft/exported-classes";
import { modelCard } from "@/server/interop/peft/model-card";
import { listRunBenchmarks } from "@/server/services/benchmarks/benchmarks";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { findAdapterFolder } from "./adapter-folder";

/** What a run trained, an adapter in PEFT layout or weights by the checkpoint's own names, as an archive with its model card: the finished, else the last checkpoint's. */
export async function exportAdapter(
  context: ServiceContext,
  runId: string,
  format: AdapterFormat = "tar",
): Promise<{ name: string; archive: AsyncGenerator<Uint8Array> }> {
  const { db } = context.store;
  const row = found(await readRun(db, runId), "such run");
  const run = found(await readRunSummary(db, runId), "such run");
  const folder = await findAdapterFolder(context, runId);
  if (folder === undefined) throw new ServiceError("conflict", "The run has no adapter yet. Wait for its first checkpoint.");
  const model = row.modelId === null ? undefined : await readModel(db, row.modelId);
  const { config, imported, bakedEdits } = row;
  const classes = exportedClasses(folder, taskOf(storedRunConfig.parse(config)));
  const benchmarks = (await listRunBenchmarks(context, runId)).flatMap(({ benchmark, score, isOutdated }) =>
    score === null || isOutdated ? [] : [{ ...benchmark, score }],
  );
  const card = modelCard({ run, config, imported, bakedEdits, model, classes, benchmarks });
  const name = fileName(run.name) || run.id;
  const files: PackedFile[] = trainedFiles(folder).map((file) => ({
    name: `${name}/${file}`,
    path: join(/* turbopackIgnore: true */ folder, file),
  }));
  files.push({ name: `${name}/README.md`, bytes: Buffer.from(card) });
  return { name: `${name}.${format}`, archive: format === "zip" ? writeZip(files) : writeTar(files) };
}

function fileName(name: string): string {
  return name
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|-+$/g, "")
    .slice(0, 60);
}
