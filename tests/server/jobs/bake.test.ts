import type * as fs from "node:fs";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { editList } from "@/lib/contract/edit";
import { loraConfig } from "@/lib/contract/methods/lora/settings";
import { type LatentConfig, latentConfig } from "@/lib/contract/run-config";
import { newId } from "@/server/db/new-id";
import { deleteRun, readRun, setRunStatus } from "@/server/db/runs/runs";
import { Adapter } from "@/server/engine/adapters/adapter";
import { startEngine } from "@/server/engine/tensor/backend";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { bake } from "@/server/jobs/bake";
import { LeaseLostError } from "@/server/jobs/held-work";
import type { JobAtWork } from "@/server/jobs/job-at-work";
import { runFolders } from "@/server/jobs/run-folders";
import { createRuntime } from "@/server/runtime/runtime";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();
const now = () => performance.now();
const runtime = createRuntime(now);
const module = "model.layers.1.self_attn.v_proj";
const stan = latentConfig.parse({
  method: "stan",
  numLatents: 7,
  k: 2,
  init: "small",
  targets: { modules: ["v_proj"], layers: [1] },
});
const disk = vi.hoisted(() => ({ freeBytes: Number.POSITIVE_INFINITY }));

/** A disk that takes so many bytes and no more. */
vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const writeSync = (descriptor: number, bytes: Uint8Array, offset: number, length: number): number => {
    const taken = Math.min(length, disk.freeBytes);
    if (taken <= 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    disk.freeBytes -= taken;
    return real.writeSync(descriptor, bytes, offset, taken);
  };
  return { ...real, writeSync };
});

beforeAll(async () => {
  await startEngine();
});

/** A finished run over the demonstration's model with a small random adapter, and a job that bakes into it. */
async function bakeJob(changes: Partial<JobAtWork> = {}, config: LatentConfig = stan) {
  const data = temporaryFolder();
  const run = await queueSmallRun(store, data, { adapter: config });
  const base = await runtime.textBase("demo/model", "exact", "background");
  const adapter = Adapter.create(base.value.model.projections, config, 11);
  const file = toAdapterConfigFile(config, { baseModel: "demo", revision: null, fanInFanOut: false });
  writeAdapter(runFolders(data, run).adapter, { config: file, tensors: adapter.tensors() });
  adapter.free();
  base.release();
  await setRunStatus(store.db, run, "finished");
  const job: JobAtWork = {
    context: { store, runtime, dataFolder: data, modelIds: new Map(), now },
    taskId: newId(),
    queuedAt: new Date(),
    signal: new AbortController().signal,
    report: () => {},
    confirm: async () => {},
    ...changes,
  };
  const edits = editList.parse([{ operation: "ablatePost", latent: { module, index: 3 } }]);
  const derived = { id: newId(), name: "baked" };
  return { data, run, job, input: { kind: "bake" as const, runId: run, derived, edits } };
}

test("a run whose bake was cut off before it was named is written anew, and once it is there it stays", async () => {
  let isLost = true;
  const confirm = async () => {
    if (isLost) throw new LeaseLostError("another worker has it");
  };
  const { data, job, input } = await bakeJob({ confirm });
  const { adapter } = runFolders(data, input.derived.id);
  await expect(bake(job, input)).rejects.toThrow(LeaseLostError);
  // The other worker may be writing there by now: what is there is left alone.
  expect([existsSync(adapter), await readRun(store.db, input.derived.id)]).toEqual([true, undefined]);
  isLost = false;
  await bake(job, input);
  expect((await readRun(store.db, input.derived.id))?.name).toBe("baked");
  expect(readdirSync(adapter).sort()).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
  const tensors = readAdapter(adapter).tensors.get(module);
  if (tensors === undefined || !("D" in tensors)) throw new Error("the module is there");
  const column = (index: number) => Array.from({ length: tensors.D.shape[0] }, (_, at) => tensors.D.data[at * 7 + index]);
  expect(column(3).every((value) => value === 0)).toBe(true);
  expect(column(4).some((value) => value !== 0)).toBe(true);
  const before = readFileSync(join(adapter, "adapter_model.safetensors"));
  await bake(job, { ...input, edits: [] });
  expect(readFileSync(join(adapter, "adapter_model.safetensors"))).toEqual(before);
});

test("of LoRA a component's column of B is scaled, and its rank stays", async () => {
  const lora = loraConfig.parse({ method: "lora", rank: 3, alpha: 6, targets: stan.targets });
  const { data, run, job, input } = await bakeJob({}, lora);
  const source = readAdapter(runFolders(data, run).adapter);
  const B = Float32Array.from({ length: 3 * 2 }, (_, at) => at + 1);
  const pair = source.tensors.get(module);
  if (pair === undefined || !("B" in pair)) throw new Error("the module is LoRA's");
  pair.B.data.set(B);
  writeAdapter(runFolders(data, run).adapter, source);
  await bake(job, { ...input, edits: editList.parse([{ operation: "scale", value: -2, latent: { module, index: 1 } }]) });
  const { config, tensors } = readAdapter(runFolders(data, input.derived.id).adapter);
  expect(config).toEqual(source.config);
  const baked = tensors.get(module);
  if (baked === undefined || !("B" in baked)) throw new Error("the module is LoRA's");
  expect([...baked.B.data.subarray(0, 6)]).toEqual([1, -4, 3, 4, -10, 6]);
  expect(baked.A).toEqual(pair.A);
});

test("nothing stays of a run that is cancelled, whose parent goes, or whose files cannot be written", async () => {
  const stop = new AbortController();
  const cancelled = await bakeJob({ signal: stop.signal, report: ({ message }) => message === "Written" && stop.abort() });
  await expect(bake(cancelled.job, cancelled.input)).rejects.toThrow(/abort/i);

  const orphaned = await bakeJob({ confirm: async () => deleteRun(store.db, orphaned.run) });
  await expect(bake(orphaned.job, orphaned.input)).rejects.toThrow(/has been removed/);

  const full = await bakeJob();
  disk.freeBytes = 100;
  await expect(bake(full.job, full.input)).rejects.toThrow(/the disk is full/);
  disk.freeBytes = Number.POSITIVE_INFINITY;

  for (const { data, input } of [cancelled, orphaned, full]) {
    expect(existsSync(join(data, "runs", input.derived.id))).toBe(false);
    expect(await readRun(store.db, input.derived.id)).toBeUndefined();
  }
});
