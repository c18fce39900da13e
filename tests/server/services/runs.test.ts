import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { measureEffectsRequest } from "@/lib/contract/effect";
import { collectionSettings } from "@/lib/contract/run-config";
import { createCollection, readCollection } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { recordCheckpoint } from "@/server/db/runs/checkpoints";
import { appendMetrics } from "@/server/db/runs/run-progress";
import { readRun, readRunRequest, setRunStatus } from "@/server/db/runs/runs";
import { readJob } from "@/server/db/work/jobs";
import { acquireLease, releaseLease } from "@/server/db/work/leases";
import { unpackModel } from "@/server/services/library/unpack-model";
import { deleteRun } from "@/server/services/runs/delete-run";
import { exportAdapter } from "@/server/services/runs/export-adapter";
import { getRun, getRunRecord } from "@/server/services/runs/get-run";
import { resumeRun } from "@/server/services/runs/resume-run";
import { stopRun } from "@/server/services/runs/stop-run";
import { startJob } from "@/server/services/work/start-job";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";
import { eventually } from "@/tests/support/worker-process";

const context = await freshContext();
const { store } = context;

describe("stopRun", () => {
  it("cancels a run that no worker has taken at once", async () => {
    const id = await storedRun(store);
    expect(await stopRun(context, id, "cancel")).toMatchObject({ status: "cancelled" });
  });

  it("gives a run that was stopped, resumed and not begun again its kept adapter back", async () => {
    const id = await storedRun(store);
    mkdirSync(context.artefacts.path(`runs/${id}/adapter`), { recursive: true });
    expect(await stopRun(context, id, "cancel")).toMatchObject({ status: "stopped" });
  });

  it("leaves word for the worker that holds a run", async () => {
    const id = await storedRun(store);
    await acquireLease(store.db, { kind: "run", workId: id, workerId: "w" }, 60_000);
    await setRunStatus(store.db, id, "running");
    expect(await stopRun(context, id, "stop")).toMatchObject({ status: "stopping" });
    expect(await readRunRequest(store.db, id)).toBe("stop");
    expect(await stopRun(context, id, "cancel")).toMatchObject({ status: "stopping" });
    expect(await readRunRequest(store.db, id)).toBe("cancel");
  });

  it("keeps nothing of a run that has not begun, and refuses one that has ended", async () => {
    const id = await storedRun(store);
    await expect(stopRun(context, id, "stop")).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/has not started/),
    });
    await setRunStatus(store.db, id, "finished");
    await expect(stopRun(context, id, "cancel")).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/ended already/),
    });
    await expect(stopRun(context, "nowhere", "cancel")).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("resumeRun", () => {
  it("queues a failed run, and of those that a person ended the ones with a checkpoint", async () => {
    const id = await storedRun(store);
    await expect(resumeRun(context, id)).rejects.toMatchObject({ message: expect.stringMatching(/nothing to resume/) });
    await setRunStatus(store.db, id, "failed", "3 workers died");
    expect(await resumeRun(context, id)).toMatchObject({ status: "queued", error: null });
    await setRunStatus(store.db, id, "cancelled");
    await expect(resumeRun(context, id)).rejects.toMatchObject({ message: expect.stringMatching(/no checkpoint/) });
    await recordCheckpoint(store.db, { runId: id, step: 3, folder: "x", sizeBytes: 1 });
    expect(await resumeRun(context, id)).toMatchObject({ status: "queued", error: null, finishedAt: null });
  });
});

describe("deleteRun", () => {
  it("removes collections, records and files, once the run has ended", async () => {
    const { id, runId } = await storedCollection(store, [latentInput(0, 0, 5)]);
    const folder = context.artefacts.path(`runs/${runId}/adapter`);
    mkdirSync(folder, { recursive: true });
    await expect(deleteRun(context, runId)).rejects.toMatchObject({ code: "conflict" });
    await setRunStatus(store.db, runId, "finished");
    await deleteRun(context, runId);
    expect(await readRun(store.db, runId)).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
    expect((await store.pool.query("SELECT 1 FROM pg_class WHERE relname LIKE $1", [`%${id}`])).rows).toEqual([]);
  });

  it("cancels what measures its latents, and waits for the worker that makes one of its collections", async () => {
    const { id: collectionId, runId } = await storedCollection(store, [latentInput(0, 0, 5)]);
    await setRunStatus(store.db, runId, "finished");
    const request = measureEffectsRequest.parse({ latents: { by: "outputShare", count: 3 } });
    const job = await startJob(context, { title: "effects", input: { kind: "measureEffects", collectionId, request }, unit: "latents" });
    const making = newId();
    await createCollection(store.db, { id: making, runId, name: "more", step: 5, settings: collectionSettings.parse({}) });
    const lease = { kind: "collection", workId: making, workerId: "w" } as const;
    await acquireLease(store.db, lease, 60_000);
    const deleted = deleteRun(context, runId);
    // Its worker learns that it is cancelled, ends and lets go.
    await eventually("it is cancelled", async () => ((await readCollection(store.db, making))?.status === "cancelled" ? true : undefined));
    expect(await readRun(store.db, runId)).toBeDefined();
    await releaseLease(store.db, lease);
    await deleted;
    expect(await readRun(store.db, runId)).toBeUndefined();
    expect(await readCollection(store.db, making)).toBeUndefined();
    expect((await readJob(store.db, job.id))?.status).toBe("cancelled");
  });
});

describe("exportAdapter", () => {
  it("packs the two files of the PEFT layout and a model card, from the last checkpoint when there is no final one", async () => {
    const id = await storedRun(store);
    await expect(exportAdapter(context, id)).rejects.toMatchObject({ code: "conflict" });
    const folder = context.artefacts.path(`runs/${id}/checkpoints/3/adapter`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "adapter_config.json"), "{}");
    writeFileSync(join(folder, "adapter_model.safetensors"), Buffer.alloc(700, 7));
    await recordCheckpoint(store.db, { runId: id, step: 3, folder: `runs/${id}/checkpoints/3`, sizeBytes: 1 });
    const { name, archive } = await exportAdapter(context, id);
    expect(name).toBe("a-run.tar");
    const file = join(context.dataFolder, "out.tar");
    writeFileSync(file, await buffer(archive));
    expect(await unpackModel(file, join(context.dataFolder, "out"))).toEqual([
      "adapter_config.json",
      "adapter_model.safetensors",
      "README.md",
    ]);
    expect(readFileSync(join(context.dataFolder, "out", "README.md"), "utf8")).toMatch(
      /^---\nlibrary_name: peft\n[\s\S]*# a run\n[\s\S]*Not evaluated/,
    );
  });
});

describe("getRun", () => {
  it("returns the configuration as stored", async () => {
    const id = await storedRun(store);
    expect(await getRun(context, id)).toMatchObject({ run: { id, status: "queued" }, config: { model: "m1" }, metrics: [], log: [] });
  });

  it("gives as its record the same without what grows with the training, and the newest step", async () => {
    const id = await storedRun(store);
    expect((await getRunRecord(context, id)).newestStep).toBeNull();
    const stepAt = (step: number) => ({
      step,
      loss: 5 - step,
      gradNorm: null,
      learningRate: 0.5,
      tokens: 7 * step,
      labelTokens: null,
      seconds: 2,
    });
    await appendMetrics(store.db, id, [1, 2, 3].map(stepAt));
    const { snapshot: _, ...record } = await getRunRecord(context, id);
    const { run, config, imported, bakedEdits, provenance } = await getRun(context, id);
    expect(record).toEqual({ run, config, imported, bakedEdits, provenance, newestStep: stepAt(3) });
    await expect(getRunRecord(context, "nowhere")).rejects.toMatchObject({ code: "notFound" });
  });
});
