import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { GET as listLatents } from "@/app/api/collections/[collection]/latents/route";
import { POST as addDataSet } from "@/app/api/data/route";
import { POST as importDictionary } from "@/app/api/dictionaries/route";
import { GET as followAll } from "@/app/api/events/route";
import { POST as addModel } from "@/app/api/models/route";
import { POST as generate } from "@/app/api/runs/[run]/generate/route";
import { GET as getRun } from "@/app/api/runs/[run]/route";
import { POST as importRun } from "@/app/api/runs/import/route";
import { GET as listRuns, POST as startRun } from "@/app/api/runs/route";
import { GET as listModels } from "@/app/v1/models/route";
import { serverSentData } from "@/lib/client/generate";
import type { GenerateEvent } from "@/lib/contract/generate";
import { setRunStatus } from "@/server/db/runs/runs";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";
import { storedModel } from "@/tests/support/stored-model";
import { standInWorker } from "@/tests/support/worker-port";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { store } = services;

afterAll(async () => {
  await live.close();
  await store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function request(path: string, init: RequestInit = {}): Request {
  return new Request(`http://127.0.0.1:3000${path}`, { ...init, headers: { host: "127.0.0.1:3000", ...init.headers } });
}

function at<Params>(params: Params) {
  return { params: Promise.resolve(params) };
}

async function failureOf(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; message: string; field?: string } };
  return { status: response.status, ...error };
}

const sampling = { maxTokens: 2 };

describe("the API", () => {
  it("answers with what the contract says", async () => {
    const id = await storedRun(store);
    const response = await listRuns(request("/api/runs"), at({}));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ runs: [{ id }] });
  });

  it("turns failures into statuses, and says what to do", async () => {
    expect(await failureOf(await getRun(request("/api/runs/x"), at({ run: "x" })))).toMatchObject({ status: 404, code: "notFound" });
    const post = (body: string) => startRun(request("/api/runs", { method: "POST", body }), at({}));
    expect(await failureOf(await post("{"))).toMatchObject({ status: 400, code: "invalid", message: "The request's body is not JSON." });
    expect(await failureOf(await post("{}"))).toMatchObject({ status: 400, field: "config" });
    expect(await failureOf(await post(JSON.stringify({ name: "x".repeat(5_000_000) })))).toMatchObject({ status: 413, code: "tooLarge" });
    const model = addModel(request("/api/models", { method: "POST", body: '{"source":"hub","id":"../x"}' }), at({}));
    expect(await failureOf(await model)).toMatchObject({ status: 400, field: "id" });
  });

  it("refuses text that the database cannot store, wherever it stands", async () => {
    const refused = await failureOf(await getRun(request("/api/runs/%00"), at({ run: "\0" })));
    expect(refused).toMatchObject({ status: 400, field: "run", message: expect.stringContaining("U+0000") });
    const post = async (body: string) => failureOf(await startRun(request("/api/runs", { method: "POST", body }), at({})));
    const halved = await post('{"config":{"data":{"dataSetId":"a\\ud800b"}}}');
    expect(halved).toMatchObject({ status: 400, field: "config.data.dataSetId", message: expect.stringContaining("surrogate pair") });
    expect(await post('{"config":{"\\u0000":1}}')).toMatchObject({ status: 400, field: "config" });
    expect((await post('{"name":"\\ud83e\\udd8a"}')).field).toBe("config");
  });

  it("refuses JSON that is nested without end, and whole numbers that no column holds", async () => {
    const post = async (body: string) => failureOf(await startRun(request("/api/runs", { method: "POST", body }), at({})));
    const nested = await post(`{"config":${"[".repeat(5000)}${"]".repeat(5000)}}`);
    expect(nested).toMatchObject({ status: 400, message: "The request's body is nested more than 64 deep." });
    expect((await post('{"name":"[[[[\\"[[[["}')).field).toBe("config");
    const training = { steps: 2 ** 32, learningRate: 1 };
    const adapter = { method: "head" };
    const config = { model: "m", data: { kind: "dataSet", dataSetId: "d", mapping: { kind: "text", text: "t" } }, adapter, training };
    expect(await post(JSON.stringify({ config }))).toMatchObject({ status: 400, field: "config.training.steps" });
  });

  it("refuses values of a query that the contract does not have", async () => {
    const path = "/api/collections/x/latents?format=xml";
    expect(await failureOf(await listLatents(request(path), at({ collection: "x" })))).toMatchObject({ status: 400, field: "format" });
    const far = await listLatents(request("/api/collections/x/latents?limit=many"), at({ collection: "x" }));
    expect(await failureOf(far)).toMatchObject({ status: 400, field: "limit", message: 'limit: must be a number, but is "many".' });
  });

  it("refuses query parameters that the route does not have, and lists those that it has", async () => {
    const misspelt = await listLatents(request("/api/collections/x/latents?limits=5"), at({ collection: "x" }));
    expect(await failureOf(misspelt)).toMatchObject({
      status: 400,
      field: "limits",
      message: expect.stringMatching(/^There is no query parameter "limits"; this route takes .*\blimit\b/),
    });
    expect(await failureOf(await listRuns(request("/api/runs?page=2"), at({})))).toMatchObject({
      status: 400,
      message: 'There is no query parameter "page"; this route takes no query parameters.',
    });
    expect((await listModels(request("/v1/models?after=x"), at({}))).status).toBe(200);
  });

  it("refuses by its name a path that the system cannot hold, as one of 200 emoji, or follow, as a link to itself", async () => {
    const loop = join(services.dataFolder, "loop");
    symlinkSync(loop, loop);
    const modelId = await storedModel(services);
    for (const path of [`/tmp/${"🦊".repeat(200)}`, loop]) {
      for (const [add, body] of [
        [addDataSet, { path }],
        [addModel, { source: "folder", path }],
        [importRun, { path, modelId }],
        [importDictionary, { path }],
      ] as const) {
        const refused = await failureOf(await add(request("/api/data", { method: "POST", body: JSON.stringify(body) }), at({})));
        expect(refused).toMatchObject({ status: 400, field: "path", message: expect.stringContaining(path) });
      }
    }
  });

  it("streams a worker's tokens as they come", async () => {
    const run = await storedRun(store);
    const body = JSON.stringify({ prompt: "Once", sampling });
    const call = () => generate(request(`/api/runs/${run}/generate`, { method: "POST", body }), at({ run }));
    expect(await failureOf(await call())).toMatchObject({ status: 409, message: expect.stringMatching(/no adapter yet/) });
    await setRunStatus(store.db, run, "finished");
    expect(await failureOf(await call())).toMatchObject({ status: 503, message: expect.stringMatching(/No worker is running/) });
    const events: GenerateEvent[] = [
      { kind: "start", precision: "float32", promptTokens: [{ text: "Once", id: 3 }], watched: [] },
      { kind: "end", tokensPerSecond: 9 },
    ];
    await standInWorker(services, ({ path, body }, response) => {
      expect(path).toBe("/generate");
      expect(body).toMatchObject({ runId: run, request: { prompt: "Once", arms: ["base", "adapter", "edited"] } });
      const text = events.map((event) => JSON.stringify(event)).join("\n");
      response.write(text.slice(0, 25));
      setTimeout(() => response.end(text.slice(25)), 20);
    });
    const response = await call();
    expect(response.headers.get("content-type")).toMatch(/text\/event-stream/);
    expect(await eventsOf(response)).toEqual(events);
  });

  it("says so when the worker dies in mid-stream", async () => {
    const run = await storedRun(store);
    await setRunStatus(store.db, run, "finished");
    await standInWorker(services, (_call, response) => {
      response.write('{"kind":"loading","message":"m"}\n');
      setTimeout(() => response.destroy(), 20);
    });
    const body = JSON.stringify({ prompt: "Once", sampling });
    const response = await generate(request("/x", { method: "POST", body }), at({ run }));
    expect(await eventsOf(response)).toMatchObject([
      { kind: "loading" },
      { kind: "error", message: expect.stringMatching(/worker stopped/) },
    ]);
  });

  it("lets the worker go when the reader does", async () => {
    const run = await storedRun(store);
    await setRunStatus(store.db, run, "finished");
    const gone = vi.fn();
    await standInWorker(services, (_call, response) => {
      response.on("close", gone);
      response.write('{"kind":"loading","message":"m"}\n');
    });
    const body = JSON.stringify({ prompt: "Once", sampling });
    const response = await generate(request("/x", { method: "POST", body }), at({ run }));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(gone).toHaveBeenCalled(), 20_000);
  });

  it("pushes changes of all runs until the reader goes", async () => {
    const reader = (await followAll(request("/api/events"), at({}))).body?.pipeThrough(new TextDecoderStream() as never).getReader();
    if (reader === undefined) throw new Error("an event stream has a body");
    const id = await storedRun(store);
    for await (const data of serverSentData(reader as ReadableStreamDefaultReader<string>)) {
      const event = JSON.parse(data);
      if (event.kind === "begin") continue;
      expect(event).toMatchObject({ kind: "run", run: { id } });
      break;
    }
    await reader.cancel();
  });
});

async function eventsOf(response: Response): Promise<unknown[]> {
  const text = await response.text();
  return text
    .split("\n\n")
    .filter((part) => part.startsWith("data: "))
    .map((part) => JSON.parse(part.slice("data: ".length)));
}
