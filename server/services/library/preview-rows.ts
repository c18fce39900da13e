import type { z } from "zod";
import { type Preview, type PreviewRequest, preview } from "@/lib/contract/data-set";
import type { workerPreviewRequest } from "@/lib/contract/worker";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel } from "@/server/db/library/models";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { askWorker } from "@/server/services/work/ask-worker";

/** Rows as the loss sees them, token by token, by a worker's tokenizer. */
export async function previewRows(context: ServiceContext, request: PreviewRequest): Promise<Preview> {
  const { store } = context;
  const model = found(await readModel(store.db, request.modelId), "such model");
  const dataSet = found(await readDataSet(store.db, request.dataSetId), "such dataset");
  const body: z.input<typeof workerPreviewRequest> = { request, modelPath: model.path, dataPath: dataSet.path };
  const response = await askWorker(context, { path: "/preview", body, model: model.id });
  return preview.parse(await response.json());
}
