import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { POST as importRun } from "@/app/api/runs/import/route";
import { POST as uploadRun } from "@/app/api/runs/import/upload/route";
import { runSummary } from "@/lib/contract/run";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { copyAdapter, installModel } from "@/tests/support/elsewhere";

process.env["DATABASE_URL"] = (await freshDatabase()).url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
await installModel(services, "llama-odd");

afterAll(async () => {
  await live.close();
  await services.store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function post(path: string, body: string): Request {
  return new Request(`http://127.0.0.1:3000/api/runs/import${path}`, { method: "POST", body, headers: { host: "127.0.0.1:3000" } });
}

const at = { params: Promise.resolve({}) };

it("answers with the imported run, or with the field at fault", async () => {
  const taken = await importRun(post("", JSON.stringify({ path: copyAdapter("stan-peft/llama-patterns") })), at);
  expect([taken.status, runSummary.parse(await taken.json()).isImported]).toEqual([200, true]);
  const refused = await importRun(post("", JSON.stringify({ path: "/nowhere/at/all" })), at);
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { field: "path" } }]);
});

it("refuses an upload whose settings are no JSON or of another form", async () => {
  for (const [settings, field] of [
    ["{", "settings"],
    ['{"modelId": 3}', "modelId"],
  ]) {
    const response = await uploadRun(post(`/upload?name=a.tar&settings=${encodeURIComponent(settings ?? "")}`, "x"), at);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { field } }]);
  }
});
