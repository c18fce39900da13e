import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { gainOrders } from "@/lib/contract/gain-kept";
import { bakeRequest } from "@/lib/contract/steering";
import { type StudyInput, startStudyRequest, studyDetail } from "@/lib/contract/study";
import { studyCost } from "@/lib/contract/study-cost";
import { listCollections } from "@/server/db/latents/collections";
import { readJob } from "@/server/db/work/jobs";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { openContext, type ServiceContext } from "@/server/services/context";
import { deleteRun } from "@/server/services/runs/delete-run";
import { getRun } from "@/server/services/runs/get-run";
import { startBake } from "@/server/services/steering/start-bake";
import { getStudy, removeStudy, startStudy } from "@/server/services/steering/studies";
import { cancelJob } from "@/server/services/work/cancel-job";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { storedDataSet } from "@/tests/support/stored-data-set";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { untilJobEnds } from "@/tests/support/until-job-ends";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();
const v = "model.layers.1.self_attn.v_proj";
const targets = { modules: ["v_proj", "down_proj"], layers: [1, 4] };
const adapter = { method: "stan" as const, numLatents: 23, k: 5, targets };
const prompts = { texts: ["The function returns", "In the beginning", "const x ="] };

let data: string;
let context: ServiceContext;

beforeEach(() => {
  data = temporaryFolder();
  context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
});

/** A run of a few steps, with its collection. */
async function collectedRun(): Promise<string> {
  const { store: own } = context;
  onTestFinished(() => own.close());
  const run = await queueSmallRun(store, data, {
    adapter,
    training: { steps: 12, learningRate: 0.05 },
    collection: { maxTokens: 700, attributionRows: 5 },
  });
  await eventually("the collection is finished", async () => {
    const [summary] = await listCollections(store.db, run);
    if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
    return summary?.status === "finished" ? summary.id : undefined;
  });
  return run;
}

function start(run: string, study: StudyInput) {
  return startStudy(context, run, startStudyRequest.parse({ study }));
}

async function resultOf(run: string, study: StudyInput) {
  const { id, task: job } = await start(run, study);
  const ended = await untilJobEnds(store, job?.id ?? "");
  const detail = studyDetail.parse(await getStudy(context, id));
  return { ended, result: detail.result };
}

/** The latents of the first module that fired in the collection, the most often first. */
async function livingLatents(run: string): Promise<{ module: string; index: number }[]> {
  const { rows } = await store.pool.query<{ index: number }>(
    "SELECT l.index FROM latents l JOIN collections c ON c.id = l.collection_id WHERE c.run_id = $1 AND module = 0 AND fire_count > 0 ORDER BY fire_count DESC",
    [run],
  );
  return rows.map(({ index }) => ({ module: v, index }));
}

describe("studies on a worker", () => {
  test("measure a dose, many latents, and edits on held-out rows", async () => {
    await startWorker(store.url, data);
    const run = await collectedRun();
    const [latent, another] = await livingLatents(run);
    if (latent === undefined || another === undefined) throw new Error("two latents fire");

    const doseInput: StudyInput = {
      kind: "dose",
      latent,
      operation: "scale",
      values: [4, 1],
      prompts,
      continuationTokens: 5,
      targets: [" the"],
      heldOutRows: 4,
      controls: 2,
    };
    const dose = await resultOf(run, doseInput);
    expect([dose.ended.status, dose.ended.error]).toEqual(["finished", null]);
    expect(dose.ended.done).toBe(dose.ended.total);
    const texts = { promptTokens: prompts.texts.map(() => 1), rowTokens: 1, latents: 1 };
    expect(dose.ended.total).toBe(studyCost(doseInput, texts).rows);
    expect(dose.ended.message).toContain("4 held-out rows");
    if (dose.result?.kind !== "dose") throw new Error("the result is a dose");
    expect(dose.result.points.map(({ value }) => value)).toEqual([1, 4]);
    const [identity, strong] = dose.result.points;
    expect([identity?.klToAdapter.mean, identity?.loss?.change.mean]).toEqual([0, 0]);
    expect(strong?.klToAdapter.mean).toBeGreaterThan(0);
    expect(strong?.targets).toHaveLength(1);
    expect(dose.result.controls.map(({ factor, points }) => [factor, points.length])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(dose.result.prompts.map(({ text }) => text)).toEqual(prompts.texts);
    expect(dose.result.heldOut).toMatchObject({ rows: 4, isHeldOut: true });

    const chosen = await resultOf(run, {
      kind: "bulk",
      latents: { by: "firing", count: 6 },
      operation: "ablatePost",
      prompts,
      continuationTokens: 4,
    });
    expect([chosen.ended.status, chosen.ended.error]).toEqual(["finished", null]);
    if (chosen.result?.kind !== "bulk") throw new Error("the result is a bulk");
    expect(chosen.result.rows).toHaveLength(6);
    expect(chosen.result.rows.every(({ value }) => value === null)).toBe(true);

    const valued = await resultOf(run, {
      kind: "bulk",
      latents: [latent, latent, another],
      operation: "clamp",
      value: 2,
      unit: "max",
      prompts: { heldOutRows: 3, promptTokens: 4 },
      continuationTokens: 4,
    });
    expect([valued.ended.status, valued.ended.error]).toEqual(["finished", null]);
    if (valued.result?.kind !== "bulk") throw new Error("the result is a bulk");
    const largest = await store.pool.query<{ index: number; a: number }>(
      "SELECT index, greatest(abs(max_activation), abs(min_activation)) AS a FROM latents l JOIN collections c ON c.id = l.collection_id WHERE c.run_id = $1 AND module = 0",
      [run],
    );
    const twiceOf = (index: number) => 2 * (largest.rows.find((row) => row.index === index)?.a ?? Number.NaN);
    const values = new Map(valued.result.rows.map((row) => [row.latent.index, row.value]));
    expect(values.size).toBe(2);
    for (const { index } of [latent, another]) expect(values.get(index)).toBeCloseTo(twiceOf(index), 4);
    expect(valued.result.prompts).toHaveLength(3);

    const evaluation = await resultOf(run, { kind: "evaluation", edits: [{ operation: "adapterOff" }], heldOutRows: 5 });
    expect([evaluation.ended.status, evaluation.ended.error]).toEqual(["finished", null]);
    if (evaluation.result?.kind !== "evaluation") throw new Error("the result is an evaluation");
    expect(evaluation.result.rows).toHaveLength(5);
    expect(evaluation.result.edited).toEqual(evaluation.result.base);
    expect(evaluation.result.rows[0]?.text).toMatch(/over, and then/);
    // Every tenth row is held out, which is an odd one.
    expect(evaluation.result.byDomain).toMatchObject([{ domain: "odd", rows: 5 }]);

    const gain = await resultOf(run, { kind: "gain", heldOutRows: 5, randomOrders: 1 });
    expect([gain.ended.status, gain.ended.error, gain.ended.done]).toEqual(["finished", null, gain.ended.total]);
    if (gain.result?.kind !== "gain") throw new Error("the result is of the gain");
    expect(gain.result).toMatchObject({ isHeldOut: true, orderingRows: 2, rows: 3, latents: 4 * 23 });
    expect(gain.result.curves.map(({ order, points }) => [order, points.map(({ latents }) => latents)])).toEqual(
      gainOrders.map((order) => [order, [0, 1, 2, 4, 8, 16, 32, 64, 92]]),
    );

    const path = join(temporaryFolder(), "general.jsonl");
    writeFileSync(path, Array.from({ length: 9 }, (_, row) => `${JSON.stringify({ text: `Row ${row} of general text.` })}\n`).join(""));
    const { id: dataSetId } = await storedDataSet(context, path);
    const forgetting = await resultOf(run, { kind: "forgetting", dataSetId, generalRows: 6, heldOutRows: 5, candidates: 4, groupSize: 2 });
    expect([forgetting.ended.status, forgetting.ended.error]).toEqual(["finished", null]);
    if (forgetting.result?.kind !== "forgetting") throw new Error("the result is of forgetting");
    expect(forgetting.result).toMatchObject({ isHeldOut: true, general: { rows: 3 }, own: { rows: 3 } });
    expect(forgetting.result.groups.length).toBeLessThanOrEqual(2);
  });

  test("name what they cannot measure", async () => {
    await startWorker(store.url, data);
    const run = await collectedRun();
    const { rows } = await store.pool.query<{ index: number }>(
      "SELECT l.index FROM latents l JOIN collections c ON c.id = l.collection_id WHERE c.run_id = $1 AND module = 0 AND fire_count = 0 ORDER BY 1",
      [run],
    );
    const dead = { module: v, index: rows[0]?.index ?? 0 };
    await store.pool.query(
      "UPDATE latents SET fire_count = 0 FROM collections c WHERE c.id = latents.collection_id AND c.run_id = $1 AND module = 0 AND index = $2",
      [run, dead.index],
    );
    const asked = await resultOf(run, { kind: "bulk", latents: [dead], operation: "clamp", value: 1, unit: "p50", prompts });
    expect([asked.ended.status, asked.ended.error]).toEqual([
      "failed",
      `latent ${dead.index} of ${v} never fired in the collection, so it has no p50: give a raw value`,
    ]);
    const long = await resultOf(run, {
      kind: "bulk",
      latents: [dead],
      operation: "ablatePost",
      prompts: { texts: ["word ".repeat(3000)] },
    });
    expect(long.ended.status).toBe("failed");
    expect(long.ended.error).toMatch(/context/);
  });

  test("show while they run, begin anew when the worker dies, and end when they are cancelled or removed", async () => {
    const worker = await startWorker(store.url, data);
    const run = await collectedRun();
    const [latent] = await livingLatents(run);
    if (latent === undefined) throw new Error("a latent fires");
    const values = Array.from({ length: 32 }, (_, at) => at / 4);
    const texts = Array.from({ length: 48 }, (_, at) => `${prompts.texts[at % 3]} ${at}`);
    const long: StudyInput = { kind: "dose", latent, operation: "add", values, prompts: { texts }, controls: 16, heldOutRows: 6 };
    const { id, task: job } = await start(run, long);
    const partly = await eventually("a part of the result is there", async () => {
      const { result } = await getStudy(context, id);
      return result?.kind === "dose" && result.points.length > 0 ? result : undefined;
    });
    expect((await readJob(store.db, job?.id ?? ""))?.status).toBe("running");
    expect(partly.points.length).toBeLessThan(values.length + 1);
    await worker.kill();
    await startWorker(store.url, data);
    await eventually("it is taken up anew", async () => ((await readJob(store.db, job?.id ?? ""))?.done === 0 ? true : undefined));
    await eventually("it has a result again", async () => ((await getStudy(context, id)).result === null ? undefined : true));
    await cancelJob(context, job?.id ?? "");
    expect((await untilJobEnds(store, job?.id ?? "")).status).toBe("cancelled");
    expect((await getStudy(context, id)).result).not.toBeNull();

    const other = await start(run, long);
    await eventually("it runs", async () => ((await getStudy(context, other.id)).result === null ? undefined : true));
    await removeStudy(context, other.id);
    expect((await untilJobEnds(store, other.task?.id ?? "")).status).toBe("cancelled");
  });
});

describe("baking on a worker", () => {
  test("makes a run of its own, whose adapter is the parent's with the edits in it", async () => {
    await startWorker(store.url, data);
    const run = await collectedRun();
    const [latent, another] = await livingLatents(run);
    if (latent === undefined || another === undefined) throw new Error("two latents fire");
    const edits = [
      { operation: "scale", value: 3, latent },
      { operation: "ablatePre", latent: another },
      { operation: "clamp", value: 3, latent, isOn: false },
    ] as const;
    const bake = (given: readonly object[], name?: string) => startBake(context, run, bakeRequest.parse({ edits: given, name }));
    await expect(bake([edits[0], { ...edits[2], isOn: true }])).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/Edit 2 \(clamp\): A fixed activation/),
    });
    await expect(bake([edits[2]])).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(/All edits are off/) });

    const { runId: derived, task: job } = await bake(edits);
    const ended = await untilJobEnds(store, job.id);
    expect([ended.status, ended.error, ended.done, ended.total]).toEqual(["finished", null, 4, 4]);
    const [parent, detail] = [await getRun(context, run), await getRun(context, derived)];
    expect(detail.run).toMatchObject({
      id: derived,
      name: "small run, 2 edits baked in",
      status: "finished",
      derivedFrom: { id: run, name: "small run" },
      step: parent.run.step,
      isResumable: false,
    });
    expect(detail.bakedEdits).toMatchObject([{ operation: "scale" }, { operation: "ablatePre" }]);
    expect(detail.config).toEqual(parent.config);
    expect(detail.provenance).toMatchObject({
      ...parent.provenance,
      parent: `small run (${run})`,
      parentAdapter: expect.stringMatching(/^sha256:/),
    });
    const folderOf = (id: string) => join(data, "runs", id, "adapter");
    const [before, after] = [readAdapter(folderOf(run)), readAdapter(folderOf(derived))];
    const widths = [...after.tensors].map(([module, tensors]) => [module, "E" in tensors ? tensors.E.shape[0] : 0]);
    expect(widths.filter(([, width]) => width !== 23)).toEqual([[v, 22]]);
    expect(after.config).toMatchObject({ num_latents: 23, k: 5 });
    const tensorsOf = ({ tensors }: typeof before, module: string) => {
      const found = tensors.get(module);
      if (found === undefined || !("D" in found)) throw new Error(`${module} is there`);
      return found;
    };
    const [D, baked] = [tensorsOf(before, v).D.data, tensorsOf(after, v).D.data];
    const place = latent.index - (latent.index > another.index ? 1 : 0);
    expect(baked[place]).toBe(Math.fround(3 * (D[latent.index] ?? 0)));
    const dModel = tensorsOf(before, v).E.shape[1];
    const saved = dModel + tensorsOf(before, v).D.shape[0];
    expect(detail.run.cost?.trainableParameters).toBe((parent.run.cost?.trainableParameters ?? 0) - saved);
    expect(detail.run.cost?.flopsPerToken).toBe((parent.run.cost?.flopsPerToken ?? 0) - 2 * dModel);

    // It serves as any run: what is edited in the parent is there in it.
    const own = await resultOf(derived, { kind: "evaluation", edits: [{ operation: "moduleOff", module: v }], heldOutRows: 4 });
    expect([own.ended.status, own.ended.error]).toEqual(["finished", null]);
    const edited = await resultOf(run, { kind: "evaluation", edits: [edits[0], edits[1]], heldOutRows: 4 });
    if (own.result?.kind !== "evaluation" || edited.result?.kind !== "evaluation") throw new Error("both are evaluations");
    expect(own.result.adapter.loss).toBeCloseTo(edited.result.edited.loss, 5);
    expect(own.result.base).toEqual(edited.result.base);

    await deleteRun(context, run);
    const orphan = await getRun(context, derived);
    expect(orphan.run.derivedFrom).toBeNull();
    expect(orphan.bakedEdits).toHaveLength(2);
    expect(existsSync(join(folderOf(derived), "adapter_model.safetensors"))).toBe(true);
    const later = await resultOf(derived, { kind: "evaluation", edits: [{ operation: "adapterOff" }], heldOutRows: 4 });
    expect(later.ended.status).toBe("finished");
  });

  test("leaves nothing where it cannot be written", async () => {
    await startWorker(store.url, data);
    const run = await collectedRun();
    const edits = Array.from({ length: 23 }, (_, index) => ({ operation: "ablatePre", latent: { module: v, index } }));
    const { runId, task: job } = await startBake(context, run, bakeRequest.parse({ edits, name: "none" }));
    const ended = await untilJobEnds(store, job.id);
    expect(ended.status).toBe("failed");
    expect(ended.error).toMatch(/all/);
    await expect(getRun(context, runId)).rejects.toMatchObject({ code: "notFound" });
    expect(existsSync(join(data, "runs", runId))).toBe(false);
    expect(readFileSync(join(data, "runs", run, "adapter", "adapter_config.json"), "utf8")).toContain('"latents_pattern": {}');
  });
});
