import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { POST as measure } from "@/app/api/collections/[collection]/effects/route";
import { GET as exportCollection } from "@/app/api/collections/[collection]/export/route";
import { GET as getLabels, PUT as putLabel } from "@/app/api/collections/[collection]/labels/route";
import { POST as explain, GET as preview } from "@/app/api/collections/[collection]/latents/[module]/[index]/explanation/route";
import { GET as getFeature } from "@/app/api/collections/[collection]/latents/[module]/[index]/feature/route";
import { DELETE as removeCollection } from "@/app/api/collections/[collection]/route";
import { POST as importDictionary, GET as listDictionaries } from "@/app/api/dictionaries/route";
import { POST as uploadDictionary } from "@/app/api/dictionaries/upload/route";
import { GET as getExplainer, PUT as putExplainer } from "@/app/api/explainer/route";
import { GET as getNeuronpedia } from "@/app/api/feature/[model]/[layer]/[index]/route";
import { POST as readPicture } from "@/app/api/runs/[run]/picture/route";
import { POST as readText } from "@/app/api/runs/[run]/text/route";
import { streamedLines } from "@/lib/client/read-text";
import { collectionList } from "@/lib/contract/api";
import { explainerSettings, explanationPreview, labelList } from "@/lib/contract/label";
import { type TextEvent, textEvent } from "@/lib/contract/read-text";
import { jobSummary } from "@/lib/contract/run";
import { setRunStatus } from "@/server/db/runs/runs";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";
import { standInWorker } from "@/tests/support/worker-port";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { store } = services;
const { id: collection, runId } = await storedCollection(store, [latentInput(0, 0, 40), latentInput(1, 0, 7)]);
const latent = { collection, module: "layers.0.q_proj", index: "0" };

afterAll(async () => {
  await live.close();
  await store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function get(path = "/"): Request {
  return new Request(`http://127.0.0.1:3000${path}`, { headers: { host: "127.0.0.1:3000" } });
}

function send(method: string, body: unknown, path = "/"): Request {
  return new Request(`http://127.0.0.1:3000${path}`, { method, body: JSON.stringify(body), headers: { host: "127.0.0.1:3000" } });
}

function at<Params>(params: Params) {
  return { params: Promise.resolve(params) };
}

async function failureOf(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; field?: string } };
  return { status: response.status, ...error };
}

describe("labels and the explainer over HTTP", () => {
  it("answer with what the contract says", async () => {
    const label = { module: latent.module, index: 0, text: "cups" };
    const saved = labelList.parse(await (await putLabel(send("PUT", label), at({ collection }))).json());
    expect(labelList.parse(await (await getLabels(get(), at({ collection }))).json())).toEqual(saved);
    const csv = await getLabels(get("/?format=csv"), at({ collection }));
    expect(csv.headers.get("content-disposition")).toBe(`attachment; filename="labels-${collection}.csv"`);
    expect(await csv.text()).toContain("cups");
    expect(explainerSettings.parse(await (await getExplainer(get(), at({}))).json())).toMatchObject({ isOn: false });
    const shown = explanationPreview.parse(await (await preview(get(), at(latent))).json());
    expect(shown.messages[1]?.content).toContain("<<the>> caf<<é>>");
  });

  it("refuse what is out of form or off", async () => {
    const long = { module: latent.module, index: 0, text: "x".repeat(301) };
    expect(await failureOf(await putLabel(send("PUT", long), at({ collection })))).toMatchObject({ status: 400, field: "text" });
    expect(await failureOf(await putExplainer(send("PUT", { isOn: true, endpoint: "", model: "m" }), at({})))).toMatchObject({
      status: 400,
    });
    expect(await failureOf(await explain(send("POST", {}), at(latent)))).toMatchObject({ status: 409 });
    expect(await failureOf(await preview(get(), at({ ...latent, index: "-1" })))).toMatchObject({ status: 400, field: "index" });
  });
});

describe("a text read over HTTP", () => {
  const tokens: TextEvent = { kind: "tokens", tokens: [{ id: 5, text: "a", loss: null }], modules: 1, isTruncated: false };

  async function eventsOf(response: Response): Promise<TextEvent[]> {
    const events: TextEvent[] = [];
    if (response.body === null) throw new Error("an answer has a body");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for await (const line of streamedLines(reader)) events.push(textEvent.parse(JSON.parse(line)));
    return events;
  }

  async function finishedRun(): Promise<string> {
    const run = await storedRun(store);
    await setRunStatus(store.db, run, "finished");
    return run;
  }

  it("comes as lines, as the worker gives them", async () => {
    const run = await finishedRun();
    const end: TextEvent = { kind: "end", seconds: 1 };
    await standInWorker(services, ({ path, body }, response) => {
      expect(path).toBe("/text");
      expect(body).toEqual({ runId: run, request: { text: "a", useChatTemplate: false, attribution: true } });
      response.end(`${JSON.stringify(tokens)}\n${JSON.stringify(end)}\n`);
    });
    const response = await readText(send("POST", { text: "a" }), at({ run }));
    expect(response.headers.get("content-type")).toMatch(/x-ndjson/);
    expect(await eventsOf(response)).toEqual([tokens, end]);
  });

  it("says so when the worker goes away, and is refused before a run has an adapter", async () => {
    const run = await finishedRun();
    await standInWorker(services, (_call, response) => {
      response.write(`${JSON.stringify(tokens)}\n`, () => response.destroy());
    });
    const events = await eventsOf(await readText(send("POST", { text: "a" }), at({ run })));
    expect(events).toMatchObject([tokens, { kind: "error", message: expect.stringMatching(/stopped/) }]);
    const fresh = await storedRun(store);
    expect(await failureOf(await readText(send("POST", { text: "a" }), at({ run: fresh })))).toMatchObject({ status: 409 });
    expect(await failureOf(await readText(send("POST", { text: "" }), at({ run })))).toMatchObject({ status: 400, field: "text" });
  });

  it("is refused where a picture is sent to a model of texts, or something that is none", async () => {
    const run = await finishedRun();
    const row = { picture: { kind: "row", row: 0 } };
    expect(await failureOf(await readPicture(send("POST", row), at({ run })))).toMatchObject({ status: 400 });
    const damaged = { picture: { kind: "file", name: "a.png", data: "no base64" } };
    expect(await failureOf(await readPicture(send("POST", damaged), at({ run })))).toMatchObject({ status: 400, field: "picture.data" });
  });
});

describe("formats and work over HTTP", () => {
  it("are files to keep, and tasks", async () => {
    const archive = await exportCollection(get("/?format=circuitTracer"), at({ collection }));
    expect(archive.headers.get("content-type")).toBe("application/gzip");
    expect((await archive.arrayBuffer()).byteLength).toBeGreaterThan(100);
    const parquet = await exportCollection(get("/?format=parquet&sort=fireCount"), at({ collection }));
    expect(Buffer.from(await parquet.arrayBuffer()).toString("latin1", 0, 4)).toBe("PAR1");
    expect(await failureOf(await exportCollection(get("/?format=doc"), at({ collection })))).toMatchObject({
      status: 400,
      field: "format",
    });
    expect(await (await getFeature(get(), at(latent))).json()).toMatchObject({ examples_quantiles: [{ quantile_name: "Top" }, {}, {}] });
    const np = await getNeuronpedia(get(), at({ model: runId ?? "", layer: `0-stan-q_proj-${runId}`, index: "0" }));
    expect(await np.json()).toMatchObject({ index: "0", activations: [{}, {}] });
    const job = await measure(send("POST", { latents: [{ module: latent.module, index: 0 }] }), at({ collection }));
    expect(jobSummary.parse(await job.json())).toMatchObject({ kind: "measureEffects", status: "queued" });
    expect(await failureOf(await importDictionary(send("POST", { path: "/nowhere/at/all" }), at({})))).toMatchObject({ status: 404 });
    expect(await failureOf(await uploadDictionary(send("POST", {}, "/?name=x.zip"), at({})))).toMatchObject({ status: 400 });
    expect(collectionList.parse(await (await listDictionaries(get(), at({}))).json())).toEqual({ collections: [] });
  });

  it("end with the collection's removal", async () => {
    const response = await removeCollection(send("DELETE", {}), at({ collection }));
    expect(response.status).toBe(204);
    expect(await failureOf(await getLabels(get(), at({ collection })))).toMatchObject({ status: 404 });
  });
});
