import { truncateSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { latentContext, latentQuery } from "@/lib/contract/latent";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { listCollections } from "@/server/db/latents/collections";
import { upsertModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { insertRun, readRun } from "@/server/db/runs/runs";
import { describeModel } from "@/server/runtime/models/describe-model";
import { getContext } from "@/server/services/latents/get-context";
import { getContextImage } from "@/server/services/latents/get-context-image";
import { getLatent } from "@/server/services/latents/get-latent";
import { listLatents } from "@/server/services/latents/list-latents";
import { freshContext } from "@/tests/support/service-context";
import { storedDataSet } from "@/tests/support/stored-data-set";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layRedAndBlue, layTinyVit, TINY_IMAGE_TOKENS } from "@/tests/support/tiny-images";
import { eventually, startWorker } from "@/tests/support/worker-process";

const context = await freshContext();
const { store } = context;

/** Queues a run of the tiny vision transformer on a dataset of images, with a collection over all of it. */
async function queueRun(data: DataSetSummary): Promise<string> {
  const model = { id: "tinyvit00000", name: "tiny vit" };
  await upsertModel(store.db, { ...model, revision: "test", ...describeModel(layTinyVit(join(temporaryFolder(), "vit"))) });
  const { mapping, path, name } = data;
  if (mapping === null) throw new Error("the dataset's columns were not recognised");
  const config = runConfig.parse({
    model: model.id,
    task: { kind: "classification" },
    data: { kind: "dataSet", dataSetId: data.id, path, mapping, validationRows: 4 },
    adapter: { method: "stan", numLatents: 24, k: 4, targets: { modules: ["v_proj"], layers: null } },
    training: { steps: 10, batchRows: 6, learningRate: 0.02, evaluateEvery: 0 },
    collection: { attributionRows: 4 },
  } satisfies RunConfigInput);
  const id = newId();
  const about = {
    method: "stan" as const,
    modelId: model.id,
    modelName: model.name,
    dataSetId: data.id,
    dataName: name,
    seed: 0,
    steps: 10,
  };
  await insertRun(store.db, { id, name: "tiny images", group: null, config, ...about });
  return id;
}

it("trains on a dataset of images, and stores image, grid and label with the examples of each latent", async () => {
  await startWorker(store.url, context.dataFolder);
  const run = await queueRun(await storedDataSet(context, await layRedAndBlue(join(temporaryFolder(), "colours"))));
  const collection = await eventually("the collection is finished", async () => {
    const failed = (await readRun(store.db, run))?.error;
    if (failed != null) throw new Error(failed);
    const [summary] = await listCollections(store.db, run);
    if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
    return summary?.status === "finished" ? summary : undefined;
  });
  expect(collection).toMatchObject({ positionKind: "patch" });

  const query = latentQuery.parse({ collectionId: collection.id, sort: "fireCount" });
  const [row] = (await listLatents(context, query)).rows;
  const where = { collectionId: collection.id, module: row?.module ?? "", index: row?.index ?? -1 };
  const latent = await getLatent(context, where, query);
  expect(latent.tokens).toBe(16 * TINY_IMAGE_TOKENS);
  expect(latent.examples.length).toBeGreaterThan(0);
  for (const { context: number, answer, grid, hasImage, tokens } of latent.examples) {
    expect({ grid, hasImage }).toEqual({ grid: { columns: 3, leading: 1 }, hasImage: true });
    // An image is shown as a whole.
    expect(tokens).toHaveLength(TINY_IMAGE_TOKENS);
    const webp = await getContextImage(context, { collectionId: collection.id, context: String(number) });
    const { dominant, ...size } = await Promise.all([sharp(webp).metadata(), sharp(webp).stats()]).then(
      ([{ format, width, height }, { dominant }]) => ({ format, width, height, dominant }),
    );
    expect(size).toEqual({ format: "webp", width: 15, height: 15 });
    expect(dominant.r > dominant.b ? "red" : "blue").toBe(answer);
  }
  const whole = await getContext(context, { ...where, context: latent.examples[0]?.context ?? -1 });
  expect(latentContext.parse(whole)).toEqual(whole);
});

it("ends a run over a damaged image with the image's name", async () => {
  await startWorker(store.url, context.dataFolder);
  const path = await layRedAndBlue(join(temporaryFolder(), "damaged"));
  truncateSync(join(path, "red/3.png"), 60);
  const run = await queueRun(await storedDataSet(context, path));
  const error = await eventually("the run fails", async () => (await readRun(store.db, run))?.error ?? undefined);
  expect(error).toMatch(/red\/3\.png/);
});
