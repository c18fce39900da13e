import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { GET as getProbes } from "@/app/api/detections/[detection]/probes/route";
import { GET as getDetection, DELETE as removeDetection } from "@/app/api/detections/[detection]/route";
import { GET as getTable } from "@/app/api/detections/[detection]/table/route";
import { GET as listDetections, POST as startDetection } from "@/app/api/runs/[run]/detections/route";
import { type DetectedConcept, detectionDetail, detectionList, detectionSummary } from "@/lib/contract/detection";
import type { ConceptProbes } from "@/lib/contract/probing";
import { storeDetectionResult } from "@/server/db/concepts/detections";
import { setRunStatus } from "@/server/db/runs/runs";
import { readJob } from "@/server/db/work/jobs";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { describedData, storedRun } from "@/tests/support/stored-collection";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { store } = services;
const run = await storedRun(store);
await describedData(store);

afterAll(async () => {
  await live.close();
  await store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function request(method = "GET", body?: unknown): Request {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return new Request("http://127.0.0.1:3000/", { method, headers: { host: "127.0.0.1:3000" }, ...init });
}

function at<Params>(params: Params) {
  return { params: Promise.resolve(params) };
}

async function failureOf(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; field?: string; message: string } };
  return { status: response.status, ...error };
}

const start = (body: unknown) => startDetection(request("POST", body), at({ run }));

const rivers: DetectedConcept = {
  name: 'rivers, "long" ones',
  rows: { positives: 4, negatives: 5, hardNegatives: 2 },
  chosen: {
    latent: { module: "layers.0.q_proj", index: 7 },
    sign: 1,
    selection: { auroc: 1, averagePrecision: 1 },
    report: { auroc: 0.875, averagePrecision: 0.75 },
    interval: { auroc: [0.5, 1], averagePrecision: [0.25, 1] },
  },
  top: [
    {
      latent: { module: "layers.1.q_proj", index: 2 },
      sign: -1,
      ranking: { auroc: 0.9, averagePrecision: 0.8 },
      hard: { auroc: 0.5, averagePrecision: 0.4 },
      active: { positives: 4, negatives: 1 },
    },
  ],
};

const probe = { k: 2, accuracy: 0.75, auroc: 0.875, interval: { accuracy: [0.5, 1], auroc: [0.625, 1] } } as const;
const riverProbes: ConceptProbes = {
  module: "layers.0.q_proj",
  rows: { train: { positives: 2, negatives: 2 }, test: { positives: 2, negatives: 2 } },
  latents: [
    {
      ...probe,
      chosen: [
        { index: 7, weight: -1.5 },
        { index: 3, weight: 0.25 },
      ],
    },
  ],
  channels: [probe],
  dense: { ...probe, k: 64 },
  constant: 0.5,
};

describe("detections over HTTP", () => {
  it("wait for the run's adapter", async () => {
    expect(await failureOf(await start({ dataSetId: "d1" }))).toMatchObject({
      status: 409,
      message: expect.stringMatching(/^The run is queued: its finished adapter is needed\./),
    });
    await setRunStatus(store.db, run, "finished");
  });

  it("are started, read, downloaded and removed", async () => {
    const started = detectionSummary.parse(await (await start({ dataSetId: "d1", by: "text" })).json());
    expect(started).toMatchObject({ dataName: "data", request: { dataSetId: "d1", by: "text", probe: false, seed: 0 } });
    expect(started.task).toMatchObject({ kind: "detect", title: "Concepts of data, a run", status: "queued", unit: "rows" });
    expect(detectionList.parse(await (await listDetections(request(), at({ run }))).json())).toEqual({ detections: [started] });
    const detection = started.id;
    expect(await failureOf(await getTable(request(), at({ detection })))).toMatchObject({ status: 409 });
    await storeDetectionResult(store.db, detection, { concepts: [rivers], probes: null });
    expect(detectionDetail.parse(await (await getDetection(request(), at({ detection }))).json())).toEqual({
      ...started,
      concepts: [rivers],
      probes: null,
    });
    const table = await getTable(request(), at({ detection }));
    expect(table.headers.get("content-disposition")).toBe(`attachment; filename="detection-${detection}.csv"`);
    expect((await table.text()).trim().split("\r\n")).toEqual([
      "concept,choice,module,index,sign,auroc,aurocLow,aurocHigh,averagePrecision,hardAuroc,hardAveragePrecision,positivesActive,negativesActive",
      '"rivers, ""long"" ones",report,layers.0.q_proj,7,1,0.875,0.5,1,0.75,,,,',
      '"rivers, ""long"" ones",all,layers.1.q_proj,2,-1,0.9,,,0.8,0.5,0.4,4,1',
    ]);
    expect((await removeDetection(request("DELETE"), at({ detection }))).status).toBe(204);
    expect(await failureOf(await getDetection(request(), at({ detection })))).toMatchObject({ status: 404 });
    expect(await readJob(store.db, started.task?.id ?? "")).toMatchObject({ status: "cancelled" });
  });

  it("have probes where they are asked for", async () => {
    const { id: detection } = detectionSummary.parse(await (await start({ dataSetId: "d1", by: "text", probe: true })).json());
    expect(await failureOf(await getProbes(request(), at({ detection })))).toMatchObject({
      status: 409,
      message: expect.stringContaining("no result yet"),
    });
    await storeDetectionResult(store.db, detection, { concepts: [rivers], probes: null });
    expect(await failureOf(await getProbes(request(), at({ detection })))).toMatchObject({
      status: 409,
      message: expect.stringContaining("without probes"),
    });
    await storeDetectionResult(store.db, detection, { concepts: [rivers], probes: [riverProbes] });
    expect(detectionDetail.parse(await (await getDetection(request(), at({ detection }))).json())).toMatchObject({
      request: { probe: true },
      probes: [riverProbes],
    });
    const table = await getProbes(request(), at({ detection }));
    expect(table.headers.get("content-disposition")).toBe(`attachment; filename="probes-${detection}.csv"`);
    expect((await table.text()).trim().split("\r\n")).toEqual([
      "concept,module,probe,k,accuracy,accuracyLow,accuracyHigh,auroc,aurocLow,aurocHigh,latents",
      '"rivers, ""long"" ones",layers.0.q_proj,latents,2,0.75,0.5,1,0.875,0.625,1,7:-1.5 3:0.25',
      '"rivers, ""long"" ones",layers.0.q_proj,channels,2,0.75,0.5,1,0.875,0.625,1,',
      '"rivers, ""long"" ones",layers.0.q_proj,dense,64,0.75,0.5,1,0.875,0.625,1,',
      '"rivers, ""long"" ones",layers.0.q_proj,constant,,0.5,,,0.5,,,',
    ]);
  });

  it("of a dataset or a column that is not there are refused, naming the field", async () => {
    expect(await failureOf(await start({ dataSetId: "other" }))).toMatchObject({ status: 404 });
    expect(await failureOf(await start({ dataSetId: "d1", by: "topic" }))).toMatchObject({
      status: 400,
      field: "by",
      message: 'data has no column "topic": choose one of its columns.',
    });
    expect(await failureOf(await start({ dataSetId: "d1", seed: -1 }))).toMatchObject({ status: 400, field: "seed" });
  });
});
