import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { POST as generate } from "@/app/api/runs/[run]/generate/route";
import { serverSentData } from "@/lib/client/generate";
import { type GenerateEvent, generated } from "@/lib/contract/generate";
import { setRunStatus } from "@/server/db/runs/runs";
import { httpContext } from "@/server/http/context";
import { getGeneration, listGenerations } from "@/server/services/steering/generations";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";
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

const token = (text: string) => ({
  id: 5,
  text,
  logProbability: -1,
  klToBase: 0,
  klToAdapter: null,
  activations: [],
  injectedNorm: null,
});
const start: GenerateEvent = { kind: "start", precision: "float32", promptTokens: [{ text: "Once", id: 3 }], watched: [] };
const upon: GenerateEvent = { kind: "token", arm: "base", token: token(" upon") };
const whole: GenerateEvent[] = [
  start,
  upon,
  { kind: "armEnd", arm: "base", reason: "maxTokens", text: " upon" },
  { kind: "end", tokensPerSecond: 9 },
];

async function finishedRun(): Promise<string> {
  const run = await storedRun(store);
  await setRunStatus(store.db, run, "finished");
  return run;
}

function post(run: string, body: object): Promise<Response> {
  const request = new Request("http://127.0.0.1:3000/x", {
    method: "POST",
    body: JSON.stringify({ prompt: "Once", arms: ["base"], ...body }),
    headers: { host: "127.0.0.1:3000" },
  });
  return generate(request, { params: Promise.resolve({ run }) });
}

async function eventsOf(response: Response): Promise<GenerateEvent[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream() as never).getReader();
  const events: GenerateEvent[] = [];
  for await (const data of serverSentData(reader as unknown as ReadableStreamDefaultReader<string>)) events.push(JSON.parse(data));
  return events;
}

/** A worker that answers with these lines, and holds the line open after them where it does not end. */
function workerThatSays(events: readonly GenerateEvent[]): Promise<string> {
  return standInWorker(services, (_call, response) => {
    for (const event of events) response.write(`${JSON.stringify(event)}\n`);
    if (["end", "error"].includes(events.at(-1)?.kind ?? "")) response.end();
  });
}

describe("generating over HTTP", () => {
  it("answers at once where no stream is wanted", async () => {
    const run = await finishedRun();
    await workerThatSays(whole);
    const response = await post(run, { stream: false });
    expect(response.headers.get("content-type")).toMatch(/application\/json/);
    expect(generated.parse(await response.json())).toEqual({
      promptTokens: [{ text: "Once", id: 3 }],
      watched: [],
      arms: [{ arm: "base", text: " upon", reason: "maxTokens", tokens: [token(" upon")] }],
      precision: "float32",
      tokensPerSecond: 9,
    });
    expect((await listGenerations(services, run, { offset: 0, limit: 9 })).total).toBe(0);
  });

  it("answers with the status of what went wrong on the way", async () => {
    const run = await finishedRun();
    const failed = async (event: GenerateEvent) => {
      await workerThatSays([start, event]);
      const response = await post(run, { stream: false });
      return [response.status, (await response.json()).error.message];
    };
    expect(await failed({ kind: "error", message: "m0 has latents 0…4", code: "invalid" })).toEqual([400, "m0 has latents 0…4"]);
  });

  it("asks for the second run of the arm other, and for its adapter", async () => {
    const run = await finishedRun();
    const unfinished = await storedRun(store);
    const refused = async (body: object) => {
      const response = await post(run, { arms: ["base", "other"], ...body });
      return { status: response.status, ...(await response.json()).error };
    };
    expect(await refused({})).toMatchObject({ status: 400, field: "otherRun" });
    expect(await refused({ otherRun: "nowhere" })).toMatchObject({ status: 404 });
    expect(await refused({ otherRun: unfinished })).toMatchObject({ status: 409 });
  });

  it("keeps a generation that is to be kept, and says where", async () => {
    const run = await finishedRun();
    await workerThatSays(whole);
    const events = await eventsOf(await post(run, { isKept: true }));
    const end = events.at(-1);
    if (end?.kind !== "end" || end.generation === undefined) throw new Error("it was not kept");
    const kept = await getGeneration(services, end.generation);
    expect(kept.request).toMatchObject({ prompt: "Once", arms: ["base"], isKept: true });
    expect(kept.generated.arms).toEqual([{ arm: "base", text: " upon", reason: "maxTokens", tokens: [token(" upon")] }]);
    const plain = generated.parse(await (await post(run, { isKept: true, stream: false })).json());
    expect(plain.generation).toEqual(expect.any(String));
    expect((await listGenerations(services, run, { offset: 0, limit: 9 })).total).toBe(2);
  });

  it("keeps what there was when the reader goes", async () => {
    const run = await finishedRun();
    await workerThatSays([start, upon]);
    const response = await post(run, { isKept: true });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(async () => {
      const { generations } = await listGenerations(services, run, { offset: 0, limit: 9 });
      expect(generations).toMatchObject([{ arms: [{ arm: "base", text: " upon", tokens: 1 }] }]);
      const [kept] = generations;
      expect((await getGeneration(services, kept?.id ?? "")).generated.arms[0]?.reason).toBe("stopped");
    }, 20_000);
  });

  it("keeps nothing of what failed", async () => {
    const run = await finishedRun();
    await workerThatSays([start, upon, { kind: "error", message: "the device is gone", code: "internal" }]);
    expect((await eventsOf(await post(run, { isKept: true }))).at(-1)?.kind).toBe("error");
    expect((await listGenerations(services, run, { offset: 0, limit: 9 })).total).toBe(0);
  });
});
