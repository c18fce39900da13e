import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallModelFolder } from "@/demo/configuration";
import type { CollectionSummary, LatentPage } from "@/lib/contract/latent";
import { type Application, startApplication } from "./application";
import { launchBrowser, openPage, policyViolations } from "./browser";
import { until } from "./steer-page";

/** Runs when a page takes it for markup, or for the end of a text in a script. */
const markup = `</script><script>window.ran=1</script><img src=x onerror="window.ran=1">{{7*7}}`;
const wide = { width: 1440, height: 900 };
const files = mkdtempSync(path.join(tmpdir(), "stanscope-hostile-"));

let application: Application;
let browser: Browser;

beforeAll(async () => {
  application = await startApplication();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await application?.stop();
  rmSync(files, { recursive: true, force: true });
});

async function call<Answer>(route: string, method = "GET", body?: unknown): Promise<Answer> {
  const response = await fetch(`${application.url}${route}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** A run, its collection and a latent of it, all named by markup, on texts of markup. */
async function hostileRun(): Promise<{ run: string; latent: string }> {
  const rows = path.join(files, "rows.jsonl");
  writeFileSync(rows, `${JSON.stringify({ text: `${markup} and Moses said unto the people`, topic: markup })}\n`.repeat(40));
  await call("/api/data", "POST", { path: rows, name: markup.slice(0, 120) });
  await call("/api/models", "POST", { source: "folder", path: smallModelFolder, name: markup.slice(0, 120) });
  type Listed = { id: string }[];
  const dataSetId = await until(async () => (await call<{ dataSets: Listed }>("/api/data")).dataSets[0]?.id);
  const model = await until(async () => (await call<{ models: Listed }>("/api/models")).models[0]?.id);
  const config = {
    model,
    data: { kind: "dataSet", dataSetId, mapping: { kind: "text", text: "text", domain: "topic" }, validationRows: 4 },
    adapter: { method: "stan", numLatents: 7, k: 2, targets: { modules: ["v_proj"], layers: [1] } },
    training: { steps: 2, batchRows: 2, maxTokens: 32, learningRate: 0.01 },
    collection: { maxTokens: 500 },
  };
  const { id: run } = await call<{ id: string }>("/api/runs", "POST", { name: markup.slice(0, 120), group: markup.slice(0, 120), config });
  const collection = await until(async () => {
    const { collections } = await call<{ collections: CollectionSummary[] }>(`/api/runs/${run}/collections`);
    return collections.find(({ status }) => status === "finished")?.id;
  });
  const { rows: latents } = await call<LatentPage>(`/api/collections/${collection}/latents?limit=1&sort=fireCount&order=desc`);
  const [latent] = latents;
  if (latent === undefined) throw new Error("the collection has latents");
  const { module, index } = latent;
  await call(`/api/collections/${collection}/labels`, "PUT", { module, index, text: markup, note: markup });
  return { run, latent: `/runs/${run}/latents/${encodeURIComponent(module)}/${index}` };
}

describe("names, texts and labels that are markup", () => {
  it("are shown as text on every page, and nothing of them runs", async () => {
    const { run, latent } = await hostileRun();
    const { page, complaints } = await openPage(browser, application.url, wide);
    for (const place of [
      "/",
      "/data",
      "/models",
      "/jobs",
      "/runs/new",
      "/compare",
      `/runs/${run}`,
      `/runs/${run}/latents`,
      latent,
      `/runs/${run}/steer`,
    ]) {
      await page.goto(place);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
      expect(await page.evaluate(() => [Reflect.get(window, "ran"), document.querySelectorAll("img[src=x]").length]), place).toEqual([
        undefined,
        0,
      ]);
    }
    await page.goto(latent);
    await page.getByText("{{7*7}}").first().waitFor();
    expect([complaints, policyViolations]).toEqual([[], []]);
    await page.context().close();
  });

  it("would not run either where a page took them for markup", async () => {
    const { page } = await openPage(browser, application.url, wide);
    await page.goto("/models");
    await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), markup);
    await expect.poll(() => policyViolations.length).toBeGreaterThan(0);
    expect(policyViolations.splice(0)[0]).toMatch(/inline event handler/);
    expect(await page.evaluate(() => [Reflect.get(window, "ran"), document.querySelectorAll("img[src=x]").length])).toEqual([undefined, 1]);
    await page.context().close();
  });
});
