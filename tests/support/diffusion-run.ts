import { join } from "node:path";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { importRunRequest } from "@/lib/contract/import-run";
import { stanConfig } from "@/lib/contract/methods/stan/settings";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { Random } from "@/lib/numbers/random";
import { upsertModel } from "@/server/db/library/models";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { describeModel } from "@/server/runtime/models/describe-model";
import type { ServiceContext } from "@/server/services/context";
import { importRun } from "@/server/services/runs/import-run";
import { startRun } from "@/server/services/runs/start-run";
import { storedDataSet } from "./stored-data-set";
import { temporaryFolder } from "./temporary-folder";
import { layTinyDit } from "./tiny-denoising-training";
import { layRedAndBlue } from "./tiny-images";

/** Patches of the tiny diffusion transformer's images: 4 × 4 of 2 pixels. */
export const TINY_DIT_PATCHES = 16;

/** The tiny diffusion transformer as a base model. @returns its id */
export async function addTinyDit({ store }: ServiceContext): Promise<string> {
  const id = "tinydit00000";
  await upsertModel(store.db, { id, name: "tiny dit", revision: "test", ...describeModel(layTinyDit(join(temporaryFolder(), "dit"))) });
  return id;
}

export async function addRedAndBlue(context: ServiceContext): Promise<DataSetSummary> {
  return storedDataSet(context, await layRedAndBlue(join(temporaryFolder(), "colours")));
}

/** A run of the tiny diffusion transformer on red and blue images, as a person starts it. @returns its id */
export async function startDiffusionRun(context: ServiceContext, changes: Partial<RunConfigInput> = {}): Promise<string> {
  const model = await addTinyDit(context);
  const { id: dataSetId, mapping } = await addRedAndBlue(context);
  if (mapping === null) throw new Error("the dataset's columns were not recognised");
  const config = runConfig.parse({
    model,
    task: { kind: "denoising" },
    data: { kind: "dataSet", dataSetId, mapping, validationRows: 4 },
    adapter: { method: "stan", numLatents: 24, k: 4, targets: { modules: ["to_v"], layers: null } },
    training: { steps: 12, batchRows: 6, maxTokens: TINY_DIT_PATCHES, learningRate: 0.02, evaluateEvery: 0, checkpointEvery: 4 },
    collection: {},
    ...changes,
  } satisfies RunConfigInput);
  return (await startRun(context, { config })).id;
}

const dModel = 20;
/** The module that an imported adapter is on. */
export const ditModule = "transformer_blocks.0.attn1.to_v";

/** Imports a STAN adapter of six latents, two of which a patch keeps, as a run over red and blue images. @returns its id */
export async function importDiffusionRun(context: ServiceContext): Promise<string> {
  const modelId = await addTinyDit(context);
  const { id: dataSetId, mapping } = await addRedAndBlue(context);
  const path = join(temporaryFolder(), "adapter");
  const numLatents = 6;
  const settings = stanConfig.parse({ method: "stan", numLatents, k: 2, targets: { modules: [ditModule], layers: null } });
  const random = Random.ofNumbers([7]);
  writeAdapter(path, {
    config: toAdapterConfigFile(settings, { baseModel: "tiny dit", revision: null, fanInFanOut: false, readsImages: true }),
    tensors: new Map([
      [
        ditModule,
        {
          E: { shape: [numLatents, dModel], data: random.normals(numLatents * dModel) },
          D: { shape: [dModel, numLatents], data: random.normals(dModel * numLatents) },
        },
      ],
    ]),
    savedTensors: new Map(),
  });
  const data = { kind: "dataSet", dataSetId, mapping, validationRows: 4 };
  return (await importRun(context, importRunRequest.parse({ modelId, path, data }))).id;
}
