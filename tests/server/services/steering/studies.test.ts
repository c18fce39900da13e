import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type DosePoint, type Estimate, type StudyInput, type StudyResult, startStudyRequest } from "@/lib/contract/study";
import { setRunStatus } from "@/server/db/runs/runs";
import { readStudy, storeStudyResult } from "@/server/db/steering/studies";
import { readJob, setJobStatus } from "@/server/db/work/jobs";
import { acquireLease } from "@/server/db/work/leases";
import { deleteRun } from "@/server/services/runs/delete-run";
import { getStudy, listStudies, removeStudy, startStudy } from "@/server/services/steering/studies";
import { studyTable } from "@/server/services/steering/study-table";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter, storedModules } from "@/tests/support/stored-adapter";
import { latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";
import { storedDataSet } from "@/tests/support/stored-data-set";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const context = await freshContext();
const { store } = context;
const [q] = storedModules;
const latent = { module: q, index: 3 };
const prompts = { texts: ["Once"] };
const dose: StudyInput = { kind: "dose", latent, operation: "clamp", values: [0, 2], prompts };
const bulk: StudyInput = { kind: "bulk", latents: [latent], operation: "ablatePost", prompts };
const evaluation: StudyInput = { kind: "evaluation", edits: [{ operation: "ablatePost", latent }] };

async function finishedRun(): Promise<string> {
  const id = await storedRun(store);
  storeAdapter(context, id);
  await setRunStatus(store.db, id, "finished");
  return id;
}

async function runWithCollection(): Promise<string> {
  const { runId } = await storedCollection(store, [latentInput(0, 0, 40), latentInput(1, 0, 7)]);
  storeAdapter(context, runId);
  await setRunStatus(store.db, runId, "finished");
  return runId;
}

function start(run: string, study: StudyInput, name?: string) {
  return startStudy(context, run, startStudyRequest.parse({ study, ...(name === undefined ? {} : { name }) }));
}

describe("a study", () => {
  it("is queued with all that was asked, and listed newest first", async () => {
    const run = await finishedRun();
    const first = await start(run, dose);
    const second = await start(run, evaluation, "what it costs");
    expect(first).toMatchObject({ runId: run, kind: "dose", name: `clamp of ${q} #3` });
    expect(first.task).toMatchObject({ kind: "study", status: "queued", unit: "rows", title: `clamp of ${q} #3, a run` });
    expect(second).toMatchObject({ kind: "evaluation", name: "what it costs" });
    // 4 rows order, in six passes, and 5 measure 1, 2, 4 and 8 of 14 latents in five orders, besides none and all.
    const gain = await start(run, { kind: "gain", heldOutRows: 9, randomOrders: 2 });
    expect(gain).toMatchObject({ kind: "gain", name: "Gain kept", task: { total: 6 * 4 + 5 * (2 + 5 * 4) } });
    expect(await listStudies(context, run)).toEqual([gain, second, first]);
    const detail = await getStudy(context, first.id);
    expect(detail).toMatchObject({ ...first, result: null });
    expect(detail.request).toEqual(startStudyRequest.parse({ study: dose }).study);
    const task = await readJob(store.db, first.task?.id ?? "");
    expect(task?.input).toEqual({ kind: "study", runId: run, studyId: first.id });
    // 2 values of 1 + 8 latents, the adapter and the base model: each reads a prompt and 32 rows, and writes a text.
    expect([first.task?.total, second.task?.total]).toEqual([1 + 20 * (1 + 32 + 1), 3 * 128]);
  });

  it.each<[string, StudyInput, string, RegExp]>([
    ["a latent that is not there", { ...dose, latent: { module: q, index: 7 } }, "study.latent", /no latent 7/],
    ["positions that are none", { ...dose, scope: { from: 2, to: 1 } }, "study.scope", /an empty range/],
    [
      "edits beside it that the adapter lacks",
      { ...dose, edits: [{ operation: "moduleOff", module: "x" }] },
      "study.edits.0.module",
      /no module "x"/,
    ],
    ["one of many latents", { ...bulk, latents: [latent, { module: q, index: 9 }] }, "study.latents", /no latent 9/],
    ["an operation without its value", { ...bulk, operation: "add" }, "study.value", /add needs a value/],
    ["a factor in units of a quantile", { ...bulk, operation: "scale", value: 2, unit: "p99" }, "study.unit", /scale takes a factor/],
    [
      "edits that are all off",
      { ...evaluation, edits: [{ operation: "ablatePost", latent, isOn: false }] },
      "study.edits",
      /All edits are off/,
    ],
  ])("is refused with %s", async (_what, study, field, message) => {
    const run = await finishedRun();
    await expect(start(run, study)).rejects.toMatchObject({ code: "invalid", field, message: expect.stringMatching(message) });
    expect(await listStudies(context, run)).toEqual([]);
  });

  it("of forgetting needs a dataset of text", async () => {
    const run = await finishedRun();
    await expect(start(run, { kind: "forgetting", dataSetId: "none" })).rejects.toMatchObject({
      code: "invalid",
      field: "study.dataSetId",
    });
    const path = join(temporaryFolder(), "general.jsonl");
    writeFileSync(path, `${JSON.stringify({ text: "General text." })}\n`);
    const { id: dataSetId } = await storedDataSet(context, path);
    const started = await start(run, { kind: "forgetting", dataSetId, generalRows: 8, heldOutRows: 8, candidates: 4, groupSize: 2 });
    // 4 rows are estimated at 4 points; 8 are read by 2 arms, 2 groups, 4 latents and 3 sets; 8 by 3 arms.
    expect(started).toMatchObject({ name: "Forgetting", task: { total: 4 * 4 + (2 + 2 + 4 + 3) * 8 + 3 * 8 } });
  });

  it("asks for a collection where latents or values come from one", async () => {
    const [without, collected] = [await finishedRun(), await runWithCollection()];
    const byOrder: StudyInput = { ...bulk, latents: { by: "attribution", count: 3, domain: "sea" } };
    const byQuantile: StudyInput = { ...bulk, operation: "clamp", value: 2, unit: "p99" };
    await expect(start(without, byOrder)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/by attribution needs/),
    });
    await expect(start(without, byQuantile)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/multiple of p99 needs/),
    });
    // An ablation has no value, so its unit says nothing.
    await start(without, { ...bulk, unit: "max", latents: { by: "firing", count: 3 } });
    await start(collected, byOrder);
    await start(collected, byQuantile);
    await expect(start(collected, { ...bulk, latents: { by: "selectivity", count: 3, domain: "air" } })).rejects.toMatchObject({
      code: "invalid",
      field: "study.latents.domain",
    });
  });

  it("needs an adapter that no training changes", async () => {
    const run = await storedRun(store);
    await setRunStatus(store.db, run, "running");
    storeAdapter(context, run);
    await expect(start(run, dose)).rejects.toMatchObject({ code: "conflict", message: expect.stringMatching(/is running/) });
  });

  it("is cancelled when it is removed, or its run is", async () => {
    const run = await finishedRun();
    const [waiting, held, ofRun] = [await start(run, dose), await start(run, dose), await start(run, dose)];
    const taskOf = async ({ task }: typeof waiting) => readJob(store.db, task?.id ?? "");
    await removeStudy(context, waiting.id);
    expect(await readStudy(store.db, waiting.id)).toBeUndefined();
    expect((await taskOf(waiting))?.status).toBe("cancelled");
    await acquireLease(store.db, { kind: "task", workId: held.task?.id ?? "", workerId: "w" }, 60_000);
    await removeStudy(context, held.id);
    expect(await taskOf(held)).toMatchObject({ status: "queued", isCancelAsked: true });
    await deleteRun(context, run);
    expect(await readStudy(store.db, ofRun.id)).toBeUndefined();
    expect((await taskOf(ofRun))?.status).toBe("cancelled");
    await expect(removeStudy(context, held.id)).rejects.toMatchObject({ code: "notFound" });
  });

  it("that has ended is removed with its result", async () => {
    const run = await finishedRun();
    const { id, task } = await start(run, dose);
    await setJobStatus(store.db, task?.id ?? "", "finished");
    await removeStudy(context, id);
    expect((await readJob(store.db, task?.id ?? ""))?.status).toBe("finished");
    await expect(getStudy(context, id)).rejects.toMatchObject({ code: "notFound" });
    expect(await storeStudyResult(store.db, id, null)).toBe(false);
  });
});

describe("a study's table", () => {
  const estimate = (mean: number): Estimate => ({ mean, halfWidth: mean / 2, count: 3 });
  const effect = (mean: number) => ({
    klToAdapter: estimate(mean),
    klToBase: { mean: 8, halfWidth: null, count: 1 },
    targets: [estimate(-mean)],
    targetChanges: [estimate(-2 * mean)],
    changedTokens: estimate(0.5),
  });
  const point = (value: number, mean: number): DosePoint => ({
    value,
    ...effect(mean),
    loss: { mean: 3, change: estimate(0.25) },
    distinct2: estimate(1),
    distinct2Change: estimate(-0.25),
  });

  async function tableOf(study: StudyInput, result: StudyResult): Promise<string[]> {
    const { id } = await start(await finishedRun(), study);
    await expect(studyTable(context, id)).rejects.toMatchObject({ code: "conflict", message: expect.stringMatching(/no result yet/) });
    expect(await storeStudyResult(store.db, id, result)).toBe(true);
    return (await text(await studyTable(context, id))).split("\r\n");
  }

  it("of a dose has a row for each value of the latent and of each control", async () => {
    const { value: _, ...adapter } = point(0, 0);
    const lines = await tableOf(
      { ...dose, targets: ['"Paris"'] },
      {
        kind: "dose",
        targets: ['"Paris"'],
        points: [point(0, 1), point(2, 4)],
        adapter: { ...adapter, loss: null },
        base: null,
        controls: [{ index: 5, factor: 1.5, points: [point(2, 6)] }],
        prompts: [{ text: "Once", continuation: " upon" }],
        heldOut: null,
      },
    );
    expect(lines).toEqual([
      "arm,module,index,operation,value,factor,klToAdapter,klToAdapterHalfWidth,klToAdapterCount,klToBase,klToBaseHalfWidth,klToBaseCount," +
        'changedTokens,changedTokensHalfWidth,changedTokensCount,"logProbability ""Paris""","logProbabilityHalfWidth ""Paris""",' +
        '"logProbabilityCount ""Paris""","logProbabilityChange ""Paris""","logProbabilityChangeHalfWidth ""Paris""",' +
        '"logProbabilityChangeCount ""Paris""",loss,lossChange,lossChangeHalfWidth,lossChangeCount,distinct2,distinct2HalfWidth,distinct2Count,' +
        "distinct2Change,distinct2ChangeHalfWidth,distinct2ChangeCount",
      "adapter,,,,,,0,0,3,8,,1,0.5,0.25,3,0,0,3,0,0,3,,,,,1,0.5,3,-0.25,-0.125,3",
      `latent,${q},3,clamp,0,1,1,0.5,3,8,,1,0.5,0.25,3,-1,-0.5,3,-2,-1,3,3,0.25,0.125,3,1,0.5,3,-0.25,-0.125,3`,
      `latent,${q},3,clamp,2,1,4,2,3,8,,1,0.5,0.25,3,-4,-2,3,-8,-4,3,3,0.25,0.125,3,1,0.5,3,-0.25,-0.125,3`,
      `control,${q},5,clamp,2,1.5,6,3,3,8,,1,0.5,0.25,3,-6,-3,3,-12,-6,3,3,0.25,0.125,3,1,0.5,3,-0.25,-0.125,3`,
      "",
    ]);
  });

  it("of the gain kept has a row for each number of latents of each order", async () => {
    const point = (latents: number, value: number) => ({
      latents,
      loss: 3 - value,
      share: { value, low: value / 2, high: value },
      lossByOrder: [],
    });
    const lines = await tableOf(
      { kind: "gain" },
      {
        kind: "gain",
        isHeldOut: true,
        orderingRows: 4,
        rows: 5,
        labelTokens: 50,
        latents: 2,
        baseLoss: 3,
        adapterLoss: 2,
        gain: { value: 1, low: 0.5, high: 2 },
        curves: [
          { order: "attribution", points: [point(0, 0), point(1, 0.5)] },
          { order: "random", points: [{ ...point(1, 0.25), share: null, lossByOrder: [2.5, 3] }] },
        ],
      },
    );
    expect(lines).toEqual([
      "order,latents,loss,share,shareLow,shareHigh,randomOrder",
      "attribution,0,3,0,0,0,",
      "attribution,1,2.5,0.5,0.25,0.5,",
      "random,1,2.75,,,,",
      "random,1,2.5,,,,0",
      "random,1,3,,,,1",
      "",
    ]);
  });

  it("of forgetting has a row for each latent that was ablated", async () => {
    const own = { rows: 2, labelTokens: 9, base: 3, adapter: 2 };
    const path = join(temporaryFolder(), "text.jsonl");
    writeFileSync(path, `${JSON.stringify({ text: "General text." })}\n`);
    const { id: dataSetId } = await storedDataSet(context, path);
    const one = { latents: [latent], general: -0.5, own: 0.25 };
    const lines = await tableOf(
      { kind: "forgetting", dataSetId },
      {
        ...{ kind: "forgetting", isHeldOut: true, general: own, own, groups: [one], latents: [one], proposed: [latent] },
        ...{ expected: null, measured: null },
      },
    );
    expect(lines).toEqual([
      "measured,module,latent,generalChange,ownChange,isProposed",
      `group 1,${q},3,-0.5,0.25,true`,
      `singly,${q},3,-0.5,0.25,true`,
      "",
    ]);
  });

  it("of a bulk has a row a latent", async () => {
    const lines = await tableOf(bulk, {
      kind: "bulk",
      targets: ["a"],
      rows: [{ latent, value: null, firings: 2, ...effect(1) }],
      adapter: null,
      prompts: [],
      positions: 32,
    });
    expect(lines.slice(1)).toEqual([`latent,${q},3,ablatePost,,2,1,0.5,3,8,,1,0.5,0.25,3,-1,-0.5,3,-2,-1,3`, ""]);
  });

  it("of an evaluation has a row a row", async () => {
    const reading = { loss: 2, correct: 3, isExact: false };
    const means = { loss: 2, accuracy: 0.75 };
    const lines = await tableOf(evaluation, {
      kind: "evaluation",
      isHeldOut: true,
      labelTokens: 4,
      base: means,
      adapter: means,
      edited: means,
      change: estimate(0),
      byDomain: [],
      flips: { toRight: 1, toWrong: 0 },
      rows: [
        {
          row: 11,
          domain: null,
          text: "a, b",
          labelTokens: 4,
          base: reading,
          adapter: reading,
          edited: { loss: 1, correct: 4, isExact: true },
          gained: 1,
          lost: 0,
        },
      ],
    });
    expect(lines).toEqual([
      "row,domain,text,labelTokens,baseLoss,baseCorrect,baseIsExact,adapterLoss,adapterCorrect,adapterIsExact,editedLoss,editedCorrect,editedIsExact,gained,lost",
      '11,,"a, b",4,2,3,false,2,3,false,1,4,true,1,0',
      "",
    ]);
  });
});
