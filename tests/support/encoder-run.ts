import { join } from "node:path";
import { stanConfig } from "@/lib/contract/methods/stan/settings";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import type { RunTask } from "@/lib/contract/tasks/tasks";
import type { Store } from "@/server/db/client";
import { upsertModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { insertRun, setRunStatus } from "@/server/db/runs/runs";
import { Adapter } from "@/server/engine/adapters/adapter";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { writeLabelNames } from "@/server/files/adapters/label-names";
import { runFolders } from "@/server/jobs/run-folders";
import { describeModel } from "@/server/runtime/models/describe-model";
import type { Runtime } from "@/server/runtime/runtime";
import { modelsFolder } from "./fixtures";

const stan = stanConfig.parse({ method: "stan", numLatents: 7, k: 2, init: "small", alpha: 40, targets: { modules: ["value"] } });

/** A finished run of the small sentence encoder with a random adapter and head; of a classification, `labels` are its classes. */
export async function finishedEncoderRun(
  { store, runtime, dataFolder }: { readonly store: Store; readonly runtime: Runtime; readonly dataFolder: string },
  { task, seed }: { readonly task: Exclude<RunTask, { kind: "languageModel" }>; readonly seed: number },
): Promise<string> {
  const path = join(modelsFolder ?? "", "all-minilm-l6-v2");
  const modelId = "smallencoder";
  await upsertModel(store.db, { id: modelId, name: "small encoder", revision: "test", ...describeModel(path) });
  const config = runConfig.parse({
    model: modelId,
    task,
    data: { kind: "dataSet", path: "gone.jsonl", mapping: { kind: "labelled", text: "text", label: "label" } },
    adapter: stan,
    training: { steps: 3, batchRows: 2, maxTokens: 32, learningRate: 1e-3 },
  } satisfies RunConfigInput);
  const id = newId();
  const about = { method: "stan" as const, modelId, modelName: "small encoder", dataSetId: null, dataName: "texts", seed, steps: 3 };
  await insertRun(store.db, { id, name: `encoder ${seed}`, group: null, config, ...about });
  const folder = runFolders(dataFolder, id).adapter;
  const base = await runtime.base(path, "exact", "background");
  if (base.value.kind !== "encoder") throw new Error(`${path} is no encoder`);
  const { model: encoder } = base.value;
  const labels = task.kind === "classification" ? (task.labels ?? []) : undefined;
  const model = createClassificationModel(encoder, labels?.length ?? 1);
  const adapter = Adapter.create(encoder.projections, stan, seed);
  const head = TrainedHead.create(model, seed);
  const file = toAdapterConfigFile(stan, { baseModel: null, revision: null, fanInFanOut: false, modulesToSave: ["classifier", "score"] });
  writeAdapter(folder, { config: file, tensors: adapter.tensors(), savedTensors: head.tensors() });
  if (labels !== undefined) writeLabelNames(folder, labels);
  adapter.free();
  head.free();
  base.release();
  await setRunStatus(store.db, id, "finished");
  return id;
}
