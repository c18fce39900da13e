import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import NewExperimentPage from "@/app/experiments/new/page";
import NewRunPage from "@/app/runs/new/page";
import { upsertModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { upsertWorker } from "@/server/db/work/workers";
import { httpContext } from "@/server/http/context";
import { model } from "@/tests/components/new-run/small-model";
import { freshDatabase } from "@/tests/support/database";
import { describedData } from "@/tests/support/stored-collection";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services } = httpContext();

const tokens = ["a", " white", " whale"].map((text, id) => ({ text, id, hasLoss: id > 0 }));
const counted = { labelTokens: 2, tokens: 3, rowsWithoutLabels: 0, rowsTooLong: 0, trainRows: 1, validationRows: 0 };
const answers: Readonly<Record<string, unknown>> = {
  "/preview": { rows: [{ row: 0, domain: null, tokens, isTooLong: false, error: null }], totalRows: 1, ...counted },
  "/speed": { float32: 1e9, bfloat16: 2e9 },
};
const worker = createServer(({ url }, response) => {
  const answer = answers[url ?? ""];
  response.setHeader("content-type", "application/json").writeHead(answer === undefined ? 404 : 200);
  response.end(JSON.stringify(answer ?? { error: { code: "notFound", message: "this worker has no such port" } }));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
  const address = worker.address();
  if (address === null || typeof address === "string") throw new Error("the worker has no port");
  const about = { host: "here", secret: "s", device: "CPU", backend: "tensorflow", version: "1" };
  await upsertWorker(services.store.db, { id: newId(), address: `http://127.0.0.1:${address.port}`, ...about });
  const { createdAt: _added, ...added } = model;
  await upsertModel(services.store.db, added);
  const path = join(services.dataFolder, "data.jsonl");
  writeFileSync(path, '{"text":"a white whale"}\n'.repeat(500));
  await describedData(services.store, { path, rows: 500 });
});
afterAll(async () => {
  worker.close();
  await services.store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});
// However slow the machine is, no reading runs out of patience.
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout"] }));
afterEach(() => vi.useRealTimers());

it("New run arrives with rows as the loss sees them and with what the runs would cost", async () => {
  const { props } = await NewRunPage({ searchParams: Promise.resolve({}) });
  const sent = sentBy(props);
  expect(sent.get("preview")).toMatchObject({ rows: [{ tokens }] });
  expect(sent.get("run estimates")).toMatchObject([{ memoryBytes: expect.any(Number) }, { memoryBytes: expect.any(Number) }]);
});

it("New experiment arrives with its rows and with what it would cost, or why it cannot start", async () => {
  const { props } = await NewExperimentPage();
  const sent = sentBy(props);
  expect(sent.get("preview")).toMatchObject({ rows: [{ tokens }] });
  expect([...sent.keys()]).toContain("estimate");
});

type Sent = {
  readonly of: ReadonlyArray<{
    readonly sent?: { readonly query: { readonly queryKey: readonly unknown[]; readonly state: { readonly data: unknown } } };
  }>;
};

/** The answers that a page sends, by a part of their keys. */
function sentBy({ of: readings }: Sent): Map<unknown, unknown> {
  return new Map(readings.flatMap(({ sent }) => sent?.query.queryKey.map((part) => [part, sent.query.state.data] as const) ?? []));
}
