import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type GenerateEvent, generateRequest } from "@/lib/contract/generate";
import { upsertModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { insertRun, readRun, setRunStatus } from "@/server/db/runs/runs";
import { listLivingWorkers, type WorkerRow } from "@/server/db/work/workers";
import { artefactStore } from "@/server/files/artefact-store";
import { describeModel } from "@/server/runtime/models/describe-model";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();

/** Starts a worker and gives its port. */
async function startedWorker(data: string): Promise<WorkerRow> {
  const before = new Set((await listLivingWorkers(store.db)).map(({ id }) => id));
  await startWorker(store.url, data);
  const started = (await listLivingWorkers(store.db)).find(({ id }) => !before.has(id));
  if (started === undefined) throw new Error("the worker is not among the living");
  return started;
}

/** A run that has been trained for a few steps. */
async function trainedRun(data: string): Promise<string> {
  const run = await queueSmallRun(store, data, { training: { steps: 5, learningRate: 0.05 } });
  await eventually("the run is finished", async () => {
    const row = await readRun(store.db, run);
    if (row?.status === "failed") throw new Error(row.error ?? "failed");
    return row?.status === "finished" ? row : undefined;
  });
  return run;
}

function call(worker: WorkerRow, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`${worker.address}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${worker.secret}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function generating(worker: WorkerRow): Promise<number> {
  return (await (await call(worker, "/health")).json()).generating;
}

/** The events of a worker's answer as they come. */
async function* eventsOf(response: Response): AsyncGenerator<GenerateEvent, void> {
  const decoder = new TextDecoder();
  let waiting = "";
  for await (const chunk of response.body ?? []) {
    const lines = (waiting + decoder.decode(chunk, { stream: true })).split("\n");
    waiting = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

describe("generating on a worker", () => {
  test("serves 8 clients at once while a training runs on another, and none fails or starves", async () => {
    const data = temporaryFolder();
    await startedWorker(data);
    const run = await trainedRun(data);
    const training = await queueSmallRun(store, data, { training: { steps: 5000, evaluateEvery: 0, checkpointEvery: 5000 } });
    const stepOf = async () => (await readRun(store.db, training))?.step ?? 0;
    await eventually("the other run trains", async () => ((await stepOf()) > 0 ? true : undefined));
    const worker = await startedWorker(data);

    const clients = Array.from({ length: 8 }, (_, at) => ({
      request: generateRequest.parse({
        prompt: `Client ${at} says`,
        arms: at % 2 === 0 ? ["base", "adapter"] : ["adapter"],
        sampling: { maxTokens: 60, temperature: 1, seed: at, stop: [] },
      }),
      events: [] as GenerateEvent[],
    }));
    const before = await stepOf();
    let whenFirstEnded: number[] | undefined;
    await Promise.all(
      clients.map(async ({ request, events }) => {
        const response = await call(worker, "/generate", { runId: run, request });
        expect(response.status).toBe(200);
        for await (const event of eventsOf(response)) {
          events.push(event);
          if (event.kind === "end") whenFirstEnded ??= clients.map((client) => client.events.filter(({ kind }) => kind === "token").length);
        }
      }),
    );
    for (const { request, events } of clients) {
      expect(events.find(({ kind }) => kind === "error")).toBeUndefined();
      expect(events.at(-1)?.kind).toBe("end");
      const ended = events.flatMap((event) => (event.kind === "armEnd" ? [event] : []));
      expect(ended.map(({ arm }) => arm).sort()).toEqual([...request.arms].sort());
      for (const { arm, reason } of ended) {
        const count = events.filter((event) => event.kind === "token" && event.arm === arm).length;
        if (reason === "maxTokens") expect(count).toBe(60);
      }
    }
    // Whoever ends first, all others have come a good way by then.
    expect(Math.min(...(whenFirstEnded ?? [0]))).toBeGreaterThan(5);
    await eventually("the training went on", async () => ((await stepOf()) > before ? true : undefined));
    expect(await generating(worker)).toBe(0);
  });

  test("frees what a client held within a second of its going", async () => {
    const data = temporaryFolder();
    const worker = await startedWorker(data);
    const run = await trainedRun(data);
    const request = generateRequest.parse({ prompt: "A", sampling: { maxTokens: 500, temperature: 1 }, topLogProbabilities: 20 });
    const leave = new AbortController();
    const events = eventsOf(await call(worker, "/generate", { runId: run, request }, leave.signal));
    // Leaving a loop over them would be going already.
    for (let event = await events.next(); event.value?.kind !== "token"; ) event = await events.next();
    expect(await generating(worker)).toBe(3);
    leave.abort();
    await eventually("its arms are freed", async () => ((await generating(worker)) === 0 ? true : undefined), 1000);
  });

  test("runs a second run's adapter beside the first, and refuses one over another base model", async () => {
    const data = temporaryFolder();
    const worker = await startedWorker(data);
    const [run, otherRun] = [await trainedRun(data), await trainedRun(data)];
    const request = (more: object) =>
      generateRequest.parse({ prompt: "A", arms: ["adapter", "other"], sampling: { maxTokens: 5 }, ...more });
    const ask = async (more: object) => call(worker, "/generate", { runId: run, request: request(more) });
    const events: GenerateEvent[] = [];
    for await (const event of eventsOf(await ask({ otherRun }))) events.push(event);
    const text = (arm: string) => events.flatMap((event) => (event.kind === "armEnd" && event.arm === arm ? [event.text] : []))[0];
    expect(text("other")).toBe(text("adapter"));

    const elsewhere = join(data, "the-same-model-elsewhere");
    cpSync(resolve("demo/model"), elsewhere, { recursive: true });
    await upsertModel(store.db, { id: "elsewhere000", name: "elsewhere", revision: "test", ...describeModel(elsewhere) });
    const row = await readRun(store.db, run);
    if (row === undefined) throw new Error("the run is gone");
    const foreign = newId();
    const { name, group, method, modelName, dataSetId, dataName, seed, steps } = row;
    const config = { ...row.config, model: "elsewhere000" };
    await insertRun(store.db, {
      id: foreign,
      name,
      group,
      config,
      method,
      modelId: "elsewhere000",
      modelName,
      dataSetId,
      dataName,
      seed,
      steps,
    });
    await setRunStatus(store.db, foreign, "finished");
    const artefacts = artefactStore(data);
    cpSync(artefacts.path(`runs/${run}/adapter`), artefacts.path(`runs/${foreign}/adapter`), { recursive: true });
    const refused = await ask({ otherRun: foreign });
    expect([refused.status, (await refused.json()).error.message]).toEqual([
      400,
      "The other run's base model is the-same-model-elsewhere, this one's is model: arms share one base model.",
    ]);
    expect((await ask({})).status).toBe(400);
    expect((await ask({ otherRun: "nowhere" })).status).toBe(404);
  });
});
