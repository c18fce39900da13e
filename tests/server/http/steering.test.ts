import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PUT as changeEdits, GET as getEdits, DELETE as removeEdits } from "@/app/api/edits/[saved]/route";
import { GET as getGeneration, DELETE as removeGeneration } from "@/app/api/generations/[generation]/route";
import { POST as bake } from "@/app/api/runs/[run]/bake/route";
import { GET as listEdits, POST as saveEdits } from "@/app/api/runs/[run]/edits/route";
import { DELETE as clearGenerations, GET as listGenerations } from "@/app/api/runs/[run]/generations/route";
import { GET as listStudies, POST as startStudy } from "@/app/api/runs/[run]/studies/route";
import { GET as getStudy, DELETE as removeStudy } from "@/app/api/studies/[study]/route";
import { GET as getTable } from "@/app/api/studies/[study]/table/route";
import { generateRequest } from "@/lib/contract/generate";
import { bakeStarted, keptGenerationDetail, keptGenerationList, savedEdits, savedEditsList } from "@/lib/contract/steering";
import { studyDetail, studyList, studySummary } from "@/lib/contract/study";
import { setRunStatus } from "@/server/db/runs/runs";
import { storeStudyResult } from "@/server/db/steering/studies";
import { httpContext } from "@/server/http/context";
import { keepGeneration } from "@/server/services/steering/keep-generation";
import { freshDatabase } from "@/tests/support/database";
import { storeAdapter, storedModules } from "@/tests/support/stored-adapter";
import { storedRun } from "@/tests/support/stored-collection";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { store } = services;
const run = await storedRun(store);
storeAdapter(services, run);
await setRunStatus(store.db, run, "finished");
const latent = { module: storedModules[0], index: 3 };
const edits = [{ operation: "ablatePost", latent }];

afterAll(async () => {
  await live.close();
  await store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function get(path = "/"): Request {
  return new Request(`http://127.0.0.1:3000${path}`, { headers: { host: "127.0.0.1:3000" } });
}

function send(method: string, body: unknown): Request {
  return new Request("http://127.0.0.1:3000/", { method, body: JSON.stringify(body), headers: { host: "127.0.0.1:3000" } });
}

function at<Params>(params: Params) {
  return { params: Promise.resolve(params) };
}

async function failureOf(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; field?: string; message: string } };
  return { status: response.status, ...error };
}

describe("saved edits over HTTP", () => {
  it("are saved, read, changed and removed", async () => {
    const saved = savedEdits.parse(await (await saveEdits(send("POST", { name: "calm", edits }), at({ run }))).json());
    expect(savedEditsList.parse(await (await listEdits(get(), at({ run }))).json())).toEqual({ saved: [saved] });
    const changed = await changeEdits(send("PUT", { name: "calmer", note: "n", edits }), at({ saved: saved.id }));
    expect(savedEdits.parse(await changed.json())).toMatchObject({ id: saved.id, name: "calmer", note: "n" });
    expect(await (await getEdits(get(), at({ saved: saved.id }))).json()).toMatchObject({ name: "calmer" });
    const twice = await saveEdits(send("POST", { name: "calmer", edits }), at({ run }));
    expect(await failureOf(twice)).toMatchObject({ status: 409, field: "name" });
    expect((await removeEdits(send("DELETE", {}), at({ saved: saved.id }))).status).toBe(204);
    expect(await failureOf(await getEdits(get(), at({ saved: saved.id })))).toMatchObject({ status: 404 });
  });

  it("of another form are refused, naming the field", async () => {
    const wrong = [{ operation: "clamp", latent }];
    expect(await failureOf(await saveEdits(send("POST", { name: "x", edits: wrong }), at({ run })))).toMatchObject({
      status: 400,
      field: "edits.0.value",
    });
    expect(await failureOf(await saveEdits(send("POST", { name: " ", edits }), at({ run })))).toMatchObject({ status: 400, field: "name" });
  });
});

describe("the history over HTTP", () => {
  it("is read page by page, searched, and cleared", async () => {
    const generated = { promptTokens: [], watched: [], arms: [], tokensPerSecond: 1 };
    const keep = (prompt: string) => keepGeneration(services, run, generateRequest.parse({ prompt }), generated);
    const [, second] = [await keep("the sea"), await keep("the land")];
    const list = async (query: string) => keptGenerationList.parse(await (await listGenerations(get(`/x?${query}`), at({ run }))).json());
    expect(await list("offset=1&limit=1")).toMatchObject({ generations: [{ prompt: "the sea" }], total: 2 });
    expect(await list("search=LAND")).toMatchObject({ generations: [{ id: second }], total: 1 });
    expect(await list("search=")).toMatchObject({ total: 2 });
    const wrong = await listGenerations(get("/x?limit=1000"), at({ run }));
    expect(await failureOf(wrong)).toMatchObject({ status: 400, field: "limit" });
    const whole = await getGeneration(get(), at({ generation: second }));
    expect(keptGenerationDetail.parse(await whole.json())).toMatchObject({ id: second, generated });
    expect((await removeGeneration(send("DELETE", {}), at({ generation: second }))).status).toBe(204);
    expect((await clearGenerations(send("DELETE", {}), at({ run }))).status).toBe(204);
    expect(await list("")).toEqual({ generations: [], total: 0 });
  });
});

describe("studies and baking over HTTP", () => {
  it("are started, read and removed", async () => {
    const study = { kind: "evaluation", edits };
    const started = studySummary.parse(await (await startStudy(send("POST", { study }), at({ run }))).json());
    expect(studyList.parse(await (await listStudies(get(), at({ run }))).json())).toEqual({ studies: [started] });
    expect(studyDetail.parse(await (await getStudy(get(), at({ study: started.id }))).json())).toMatchObject({ result: null });
    expect(await failureOf(await getTable(get(), at({ study: started.id })))).toMatchObject({ status: 409 });
    await storeStudyResult(store.db, started.id, { kind: "bulk", targets: [], rows: [], adapter: null, prompts: [], positions: 0 });
    const table = await getTable(get(), at({ study: started.id }));
    expect(table.headers.get("content-disposition")).toBe(`attachment; filename="study-${started.id}.csv"`);
    expect((await removeStudy(send("DELETE", {}), at({ study: started.id }))).status).toBe(204);
    expect(await failureOf(await getStudy(get(), at({ study: started.id })))).toMatchObject({ status: 404 });
    const wrong = await startStudy(send("POST", { study: { kind: "dose", latent, operation: "scale", values: [] } }), at({ run }));
    expect(await failureOf(wrong)).toMatchObject({ status: 400, field: "study.values" });
  });

  it("bake what is exact, and say why the rest is not", async () => {
    const started = bakeStarted.parse(await (await bake(send("POST", { edits, name: "without 3" }), at({ run }))).json());
    expect(started.task).toMatchObject({ kind: "bake", title: "Bake without 3", unit: "modules", total: 2 });
    const refused = await bake(send("POST", { edits: [...edits, { operation: "add", value: 1, latent }] }), at({ run }));
    expect(await failureOf(refused)).toMatchObject({
      status: 400,
      field: "edits",
      message: expect.stringMatching(/Edit 2 \(add\): .* no bias/),
    });
  });
});
