import { execFileSync } from "node:child_process";
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { startCollectionRequest } from "@/lib/contract/api";
import { measureEffectsRequest } from "@/lib/contract/effect";
import { latentQuery } from "@/lib/contract/latent";
import { listCollections } from "@/server/db/latents/collections";
import { readRun } from "@/server/db/runs/runs";
import { getContextImage } from "@/server/services/latents/get-context-image";
import { getLatent } from "@/server/services/latents/get-latent";
import { listLatents } from "@/server/services/latents/list-latents";
import { startCollection } from "@/server/services/latents/start-collection";
import { addModel } from "@/server/services/library/add-model";
import { getModelContext } from "@/server/services/library/get-model-context";
import { listModels } from "@/server/services/library/list-models";
import { uploadModel } from "@/server/services/library/upload-model";
import { getRun } from "@/server/services/runs/get-run";
import { listJobs } from "@/server/services/work/list-jobs";
import { measureEffects } from "@/server/services/work/measure-effects";
import { startDiffusionRun, TINY_DIT_PATCHES } from "@/tests/support/diffusion-run";
import { freshContext } from "@/tests/support/service-context";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyDit } from "@/tests/support/tiny-denoising-training";
import { eventually, startWorker } from "@/tests/support/worker-process";

const context = await freshContext();
const { store, dataFolder } = context;

it("adds a diffusion transformer by its folder or an upload, and its images and modules are known", async () => {
  await startWorker(store.url, dataFolder);
  const path = layTinyDit(join(temporaryFolder(), "dit"));
  await addModel(context, { source: "folder", path });
  const added = (count: number) =>
    eventually("the model is added", async () => {
      const [failed] = (await listJobs(context)).tasks.filter(({ error }) => error !== null);
      if (failed !== undefined) throw new Error(failed.error ?? "");
      const models = await listModels(context);
      return models.length === count ? models : undefined;
    });
  const [model] = await added(1);
  expect(model).toMatchObject({
    architecture: "DiTTransformer2DModel",
    contextLength: TINY_DIT_PATCHES,
    vocab: 0,
    numLayers: 2,
    dModel: 20,
    defaultTargets: ["to_q", "to_v"],
    images: {
      ...{ size: { height: 8, width: 8 }, patch: { height: 2, width: 2 }, channels: 3 },
      denoises: { classes: ["red", "blue", "green", "grey"], numTimesteps: 60 },
    },
  });
  // The layers that read time step and class carry no adapter.
  expect(model?.projections.map(({ name }) => name).sort()).toEqual(
    ["attn1.to_k", "attn1.to_out.0", "attn1.to_q", "attn1.to_v", "ff.net.0.proj", "ff.net.2"].sort(),
  );
  expect(await getModelContext(context, model?.id ?? "")).toEqual({ original: null });

  // Another model, as an archive, whose files then lie side by side.
  const scheduler = join(path, "scheduler/scheduler_config.json");
  writeFileSync(scheduler, readFileSync(scheduler, "utf8").replace("v_prediction", "epsilon"));
  const archive = join(temporaryFolder(), "dit.tar");
  execFileSync("tar", ["-cf", archive, "-C", path, "."]);
  await uploadModel(context, "dit.tar", createReadStream(archive));
  const names = (await added(2)).map(({ name, images }) => [name, images?.denoises?.classes[0]]);
  expect(names).toContainEqual(["dit", "red"]);
});

it("trains over a diffusion model, and collects its latents by class and by time step", async () => {
  await startWorker(store.url, dataFolder);
  const run = await startDiffusionRun(context);
  const collection = await eventually("the collection is finished", async () => {
    const failed = (await readRun(store.db, run))?.error;
    if (failed != null) throw new Error(failed);
    const [summary] = await listCollections(store.db, run);
    if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
    return summary?.status === "finished" ? summary : undefined;
  });
  const { run: trained, evaluations } = await getRun(context, run);
  expect(trained).toMatchObject({ status: "finished", step: 12 });
  expect(evaluations.at(-1)?.loss).toBeLessThan(evaluations[0]?.loss ?? 0);

  expect(collection).toMatchObject({ positionKind: "patch" });
  const timesteps = [6, 18, 30, 42, 54];
  expect(collection.domains).toEqual(
    timesteps.map((timestep) => ({
      name: `time step 00${String(timestep).padStart(2, "0")}`,
      tokens: 16 * TINY_DIT_PATCHES,
      rows: 16,
      timestep,
    })),
  );
  expect(collection.classes).toEqual([
    { name: "blue", rows: 40, images: 8 },
    { name: "red", rows: 40, images: 8 },
  ]);

  const query = latentQuery.parse({ collectionId: collection.id, sort: "fireCount" });
  const [row] = (await listLatents(context, query)).rows;
  const latent = await getLatent(context, { module: row?.module ?? "", index: row?.index ?? -1 }, query);
  expect(latent.tokens).toBe(5 * 16 * TINY_DIT_PATCHES);
  expect(latent.domains.map(({ timestep }) => timestep)).toEqual(timesteps);
  expect(latent.domains.every(({ images }) => images?.of === 16 && images.images === undefined)).toBe(true);
  const fired = latent.domains.reduce((sum, { images }) => sum + (images?.fired ?? 0), 0);
  expect(latent.classes.reduce((sum, { images }) => sum + images.fired, 0)).toBe(fired);
  expect(latent.classes.map(({ images }) => [images.of, images.images])).toEqual([
    [40, 8],
    [40, 8],
  ]);
  // Rows are those of the data, however often each was read.
  expect(latent.examples.every(({ row: number }) => number < 16)).toBe(true);
  expect(latent.examples.every(({ grid }) => grid?.columns === 4 && grid.leading === 0)).toBe(true);
  const spreadOf = async (number: number, of: "image" | "clean") => {
    const { channels } = await sharp(await getContextImage(context, { collectionId: collection.id, context: String(number), of })).stats();
    return Math.max(...channels.map(({ stdev }) => stdev));
  };
  for (const { context: number, hasImage, hasClean } of latent.examples) {
    expect({ hasImage, hasClean }).toEqual({ hasImage: true, hasClean: true });
    // The data's images are of one colour each: all that varies in what the model read is noise.
    expect(await spreadOf(number, "clean")).toBeLessThan(2);
    expect(await spreadOf(number, "image")).toBeGreaterThan(10);
  }
  expect(latent.places).toMatchObject({ grid: { columns: 4, leading: 0 }, of: 80, images: 16 });
  expect(latent.places?.fired).toHaveLength(TINY_DIT_PATCHES);
  expect(latent.places?.fired.reduce((sum, one) => sum + one, 0)).toBe(latent.row.fireCount);

  // What is not measured is refused with the reason.
  const request = measureEffectsRequest.parse({ latents: { by: "outputShare", count: 1 } });
  await expect(measureEffects(context, collection.id, request)).rejects.toThrow(/diffusion model: effects of its latents are not measured/);
  const measured = startCollectionRequest.parse({ measuredLatents: 2 });
  await expect(startCollection(context, run, measured)).rejects.toThrow(/effects are not measured: set it to 0/);
});

it("resumes a training whose worker was killed, to the same adapter", async () => {
  const training = { steps: 150, batchRows: 3, maxTokens: TINY_DIT_PATCHES, learningRate: 0.02, evaluateEvery: 0, checkpointEvery: 10 };
  const first = await startWorker(store.url, dataFolder);
  const broken = await startDiffusionRun(context, { training, collection: null });
  await eventually("step 25", async () => (((await readRun(store.db, broken))?.step ?? 0) >= 25 ? true : undefined));
  await first.kill();
  expect((await readRun(store.db, broken))?.status).toBe("running");
  await startWorker(store.url, dataFolder);
  const whole = await startDiffusionRun(context, { training, collection: null });
  const [a, b] = await Promise.all(
    [broken, whole].map(async (run) => {
      await eventually("the run is finished", async () => ((await readRun(store.db, run))?.status === "finished" ? true : undefined));
      return readFileSync(join(dataFolder, "runs", run, "adapter", "adapter_model.safetensors"));
    }),
  );
  expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
});

it("refuses before the start what a diffusion model cannot learn", async () => {
  await startWorker(store.url, dataFolder);
  await expect(startDiffusionRun(context, { task: { kind: "classification" } })).rejects.toThrow(
    "tiny dit is a diffusion model, which denoises images: set the task to denoising.",
  );
});
