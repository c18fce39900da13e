import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { GET as compareReport } from "@/app/api/compare/report/route";
import { GET as experimentReport } from "@/app/api/experiments/[experiment]/report/route";
import { httpContext } from "@/server/http/context";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { freshDatabase } from "@/tests/support/database";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();

afterAll(async () => {
  await live.close();
  await services.store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

const get = (path: string) => new Request(`http://127.0.0.1:3000${path}`, { headers: { host: "127.0.0.1:3000" } });
const at = { params: Promise.resolve({}) };

it("sends a report as a file to keep, never as a page of the application", async () => {
  const one = await comparedRun(services.store, { name: 'über "alles"/..', losses: [3, 2] });
  const other = await comparedRun(services.store, { name: "low", adapter: someLora, losses: [3, 2.5] });
  const path = `/api/compare/report?runs=${one.id},${other.id}`;
  const page = await compareReport(get(path), at);
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("content-disposition")).toBe(
    "attachment; filename=\"report--ber-alles-vs-low.html\"; filename*=UTF-8''report-%C3%BCber-alles-vs-low.html",
  );
  expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await page.text()).toContain("<h1>über &quot;alles&quot;/.. vs. low</h1>");
  const markdown = await compareReport(get(`${path}&format=markdown&first=1&second=0&marginNats=0.5`), at);
  expect(markdown.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  expect(await markdown.text()).toMatch(/^# low vs\. über "alles"\/\.\.\n/);
});

it("says what is wrong with a request that it refuses", async () => {
  const refusals = [
    [await compareReport(get("/api/compare/report?runs=gone,lost"), at), 404],
    [await compareReport(get("/api/compare/report"), at), 400],
    [await compareReport(get("/api/compare/report?runs=a,b&format=pdf"), at), 400],
    [await experimentReport(get("/api/experiments/gone/report"), { params: Promise.resolve({ experiment: "gone" }) }), 404],
  ] as const;
  for (const [answer, status] of refusals)
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining("message")]);
});
