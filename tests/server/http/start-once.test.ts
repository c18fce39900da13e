import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { Client } from "pg";
import { afterAll, describe, expect, it, vi } from "vitest";
import { POST as uploadData } from "@/app/api/data/upload/route";
import { POST as startCollection } from "@/app/api/runs/[run]/collections/route";
import { listCollections } from "@/server/db/latents/collections";
import { setRunStatus } from "@/server/db/runs/runs";
import { startedRequests } from "@/server/db/tables/work-tables";
import { listJobs } from "@/server/db/work/jobs";
import { forgetOldKeys } from "@/server/db/work/started-requests";
import { httpContext } from "@/server/http/context";
import { answering } from "@/server/http/handle";
import { startOnce } from "@/server/http/start-once";
import { startJob } from "@/server/services/work/start-job";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";
import { storedDataSet } from "@/tests/support/stored-data-set";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { db } = services.store;
const run = await storedRun(services.store);
await setRunStatus(db, run, "finished");
const file = join(services.dataFolder, "rows.jsonl");
writeFileSync(file, '{"text":"a b c"}\n{"text":"d e f"}\n');
const { id: dataSetId } = await storedDataSet(services, file);

afterAll(async () => {
  await live.close();
  await services.store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function collect(key: string | undefined, body: object): Promise<Response> {
  const headers = { host: "127.0.0.1:3000", ...(key === undefined ? {} : { "idempotency-key": key }) };
  const request = new Request("http://127.0.0.1:3000/api/runs/r/collections", {
    method: "POST",
    body: JSON.stringify({ dataSetId, ...body }),
    headers,
  });
  return startCollection(request, { params: Promise.resolve({ run }) });
}

async function idOf(response: Response): Promise<unknown> {
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: unknown }).id;
}

const countCollections = async () => (await listCollections(db, run)).length;

describe("a start with an Idempotency-Key", () => {
  it("is done once, however often and at once it is sent", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => collect("once", { maxTokens: 700 })));
    const ids = await Promise.all(answers.map(idOf));
    expect(new Set(ids).size).toBe(1);
    expect(await idOf(await collect("once", { maxTokens: 700 }))).toBe(ids[0]);
    expect(await countCollections()).toBe(1);
  });

  it("is refused when another request has had the key", async () => {
    const before = await countCollections();
    const response = await collect("once", { maxTokens: 701 });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: "conflict", message: expect.stringContaining("new key") } });
    expect((await collect("", { maxTokens: 701 })).status).toBe(400);
    expect(await countCollections()).toBe(before);
  });

  it("that was refused leaves its key free", async () => {
    expect((await collect("again", { dataSetId: "nowhere" })).status).toBe(400);
    expect((await collect("again", { maxTokens: 703 })).status).toBe(200);
  });

  it("that was done although its answer was lost gets that answer when it is sent again", async () => {
    const before = await countCollections();
    const dying = loseCommits();
    const lost = await collect("unanswered", { maxTokens: 706 });
    dying.mockRestore();
    expect(lost.status).toBe(503);
    expect(await countCollections()).toBe(before + 1);
    await idOf(await collect("unanswered", { maxTokens: 706 }));
    expect(await countCollections()).toBe(before + 1);
  });

  it("starts anew a day later", async () => {
    const first = await idOf(await collect("old", { maxTokens: 704 }));
    await db.update(startedRequests).set({ createdAt: sql`now() - interval '25 hours'` });
    expect(await idOf(await collect("old", { maxTokens: 704 }))).not.toBe(first);
    await forgetOldKeys(db);
    expect((await db.select().from(startedRequests)).map(({ key }) => key)).toEqual(["old"]);
  });
});

describe("an upload with an Idempotency-Key", () => {
  const files = () => readdirSync(services.dataFolder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("sent.jsonl"));
  const upload = (key: string, rows: string) => {
    const headers = { host: "127.0.0.1:3000", "idempotency-key": key };
    const request = new Request("http://127.0.0.1:3000/api/data/upload?name=sent.jsonl", { method: "POST", body: rows, headers });
    return uploadData(request, { params: Promise.resolve({}) });
  };
  const countUploads = async () => (await listJobs(db)).filter(({ title }) => title.includes("sent.jsonl")).length;

  it("starts one job and keeps one file, however often it is sent", async () => {
    const first = await idOf(await upload("file", '{"text":"a"}'));
    expect(await idOf(await upload("file", '{"text":"a"}'))).toBe(first);
    expect([await countUploads(), files().length]).toEqual([1, 1]);
  });

  it("is refused with the key of another file, which stays", async () => {
    expect((await upload("file", '{"text":"b"}')).status).toBe(409);
    expect((await upload("", '{"text":"b"}')).status).toBe(400);
    expect([await countUploads(), files().length]).toEqual([1, 1]);
  });

  it("whose answer was lost after its job was stored gets that answer when it is sent again", async () => {
    const dying = loseCommits();
    const lost = await upload("lost file", '{"text":"c"}');
    dying.mockRestore();
    expect([lost.status, await countUploads(), files().length]).toEqual([503, 2, 2]);
    await idOf(await upload("lost file", '{"text":"c"}'));
    expect([await countUploads(), files().length]).toEqual([2, 2]);
  });
});

/** The database dies just after each commit. */
function loseCommits() {
  const query = Client.prototype.query as (...given: unknown[]) => Promise<unknown>;
  return vi.spyOn(Client.prototype, "query").mockImplementation(async function (this: Client, ...given: unknown[]) {
    const answer = await query.apply(this, given);
    if (JSON.stringify(given[0]).includes('"commit"')) throw new Error("Connection terminated unexpectedly");
    return answer;
  });
}

describe("a start without a key", () => {
  it("is new each time", async () => {
    expect(await idOf(await collect(undefined, { maxTokens: 705 }))).not.toBe(await idOf(await collect(undefined, { maxTokens: 705 })));
  });

  it("leaves nothing behind when it fails half-way", async () => {
    const before = (await listJobs(db)).length;
    const post = answering<unknown>((call) =>
      startOnce(call, new Uint8Array(), async ({ services }) => {
        await startJob(services, { title: "half", input: { kind: "demonstration", model: "small" }, unit: "steps" });
        throw new Error("the second row fails");
      }),
    );
    const request = new Request("http://127.0.0.1:3000/", { method: "POST", headers: { host: "127.0.0.1:3000" } });
    expect((await post(request, { params: Promise.resolve({}) })).status).toBe(500);
    expect((await listJobs(db)).length).toBe(before);
  });
});
