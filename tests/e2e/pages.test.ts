import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newId } from "@/server/db/new-id";
import { deleteWorker, heartbeat, upsertWorker } from "@/server/db/work/workers";
import { freshDatabase } from "@/tests/support/database";
import { describedData, latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";
import { launchBrowser, openPage } from "./browser";
import { expectStill, loadInParts } from "./load-in-parts";
import { expectNoOverflow, narrow } from "./open-latents";
import { startWebServer, type WebServer } from "./web-server";

const store = await freshDatabase();
const { runId } = await storedCollection(
  store,
  [0, 1, 2].flatMap((index) => [latentInput(0, index, 40 * index + 10, "caf"), latentInput(1, index, 5 * index)]),
);
const otherRunId = await storedRun(store);
const folder = mkdtempSync(join(tmpdir(), "stanscope-pages-"));
writeFileSync(join(folder, "data.jsonl"), '{"text":"a white whale, of which there is a sentence too long for one line of a phone"}\n');
await describedData(store, { path: join(folder, "data.jsonl"), rows: 1 });
const latents = `/runs/${runId}/latents`;

const wide = { viewport: { width: 1440, height: 900 } };

let server: WebServer;
let browser: Browser;
beforeAll(async () => {
  server = await startWebServer(store.url);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every page: its address, its title, its heading, and what else it shows, of the database where it has anything. */
const pages: ReadonlyArray<readonly [path: string, title: string, heading: string, shown: string]> = [
  ["/", "Stanscope", "Runs", "2 runs"],
  [`/runs/${runId}`, "a run · Stanscope", "a run seed 3", "q_proj"],
  [latents, "Latents · a run · Stanscope", "a run seed 3", "6 latents"],
  [`${latents}/layers.0.q_proj/0`, "L0 q_proj #0 · a run · Stanscope", "a run seed 3", "Activations when firing"],
  [`/runs/${runId}/benchmarks`, "Benchmarks · a run · Stanscope", "a run seed 3", "No benchmarks yet"],
  [`/runs/${runId}/concepts`, "Concepts · a run · Stanscope", "a run seed 3", "No concepts yet"],
  [`/runs/${runId}/measures`, "Measures · a run · Stanscope", "a run seed 3", "No measures yet"],
  [`/runs/${runId}/steer`, "Steer · a run · Stanscope", "a run seed 3", "Prompt"],
  [`/runs/${runId}/text`, "Your text · a run · Stanscope", "a run seed 3", "What fires on your text?"],
  ["/models", "Models · Stanscope", "Models", "No models yet"],
  ["/data", "data · Data · Stanscope", "Data", "a white whale"],
  ["/dictionaries", "Dictionaries · Stanscope", "Dictionaries", "No dictionaries yet"],
  ["/experiments", "Experiments · Stanscope", "Experiments", "No experiments yet"],
  ["/experiments/new", "New experiment · Stanscope", "New experiment", "model"],
  [`/compare?runs=${runId},${otherRunId}`, "Compare · a run · a run · Stanscope", "Compare", "a run"],
  ["/jobs", "Jobs · Stanscope", "Jobs", "a run"],
  ["/explainer", "Explainer · Stanscope", "Explainer", "Endpoint"],
  ["/runs/new", "New run · Stanscope", "New run", "model"],
  ["/runs/import", "Import a run · Stanscope", "Import a run", "data"],
  ["/api", "API · Stanscope", "API", "OpenAI-compatible"],
];

it("a press before the page's scripts have arrived counts once they have", async () => {
  const page = await (await browser.newContext({ ...wide, baseURL: server.url })).newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/_next/static/**/*.js", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/explainer", { waitUntil: "commit" });
  await page.getByRole("button", { name: "Switch light and dark" }).click();
  const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
  const before = await theme();
  release();
  await expect.poll(theme, { timeout: 30_000 }).not.toBe(before);
  expect(new URL(page.url()).search).toBe("");
  await page.context().close();
});

describe("the first load", () => {
  const chunks = join(process.env["STANSCOPE_DIST"] ?? ".next", "static/chunks");

  it("brings RE2 to no page: a form loads it to check an expression", async () => {
    const withRe2 = readdirSync(chunks).filter(
      (name) => name.endsWith(".js") && readFileSync(join(chunks, name), "utf8").includes("invalid nested repetition operator"),
    );
    expect(withRe2).not.toEqual([]);
    for (const [path] of pages) {
      const html = await (await fetch(new URL(path, server.url))).text();
      expect(html).toMatch(/<script src="[^"]+\.js/);
      expect(withRe2.filter((name) => html.includes(`static/chunks/${name}`))).toEqual([]);
    }
  });
});

describe("with scripts off", () => {
  it.each(pages)("%s shows its title, its heading and its data", async (path, title, heading, shown) => {
    const page = await withoutScripts();
    await page.goto(path);
    expect(await page.title()).toBe(title);
    expect(await page.getByRole("heading", { level: 1 }).filter({ visible: true }).allTextContents()).toEqual([
      expect.stringContaining(heading),
    ]);
    const main = page.getByRole("main").filter({ visible: true });
    expect(await main.getByText(shown).filter({ visible: true }).count()).toBeGreaterThan(0);
    expect(await page.locator("[aria-busy=true]").filter({ visible: true }).count()).toBe(0);
  });

  it("the table of latents has its rows with their numbers", async () => {
    const page = await withoutScripts();
    await page.goto(`${latents}?sort=fireCount`);
    const rows = await page.locator("tr[aria-rowindex]").allTextContents();
    expect(rows).toHaveLength(6);
    expect(rows[0]).toMatch(/q_proj #2/);
  });

  it("a database that is away is reported in place", async () => {
    const away = await startWebServer("postgresql://nobody@127.0.0.1:1/none");
    onTestFinished(away.stop);
    const page = await withoutScripts(away);
    for (const [path, title] of [
      ["/", "Could not load the runs"],
      [`/runs/${runId}`, "Could not load this run"],
    ] as const) {
      expect((await page.goto(path))?.status()).toBe(200);
      expect(await page.getByText(title).isVisible()).toBe(true);
      expect(await page.getByText("The database cannot be reached").filter({ visible: true }).count()).toBeGreaterThan(0);
    }
  });
});

describe("with scripts on", () => {
  it.each(pages)("%s takes over without a complaint, after fewer than 30 requests, and nothing in it moves", async (path) => {
    const { page, complaints } = await openPage(browser, server.url, wide.viewport);
    onTestFinished(() => page.context().close());
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const shifts = await loadInParts(page, path);
    await expect.poll(() => page.locator("[aria-busy=true]").filter({ visible: true }).count()).toBe(0);
    await page.waitForTimeout(300);
    expect(complaints).toEqual([]);
    expect(asked.length, asked.join("\n")).toBeLessThan(30);
    expectStill(await shifts());
  });

  it.each(pages.map(([path]) => path))("on a phone nothing in %s moves once it is seen, and it fits", async (path) => {
    const { page } = await openPage(browser, server.url, narrow);
    onTestFinished(() => page.context().close());
    const shifts = await loadInParts(page, path);
    await page.waitForTimeout(300);
    expectStill(await shifts());
    // In the system's font, which may be wider.
    await expectNoOverflow(page);
  });

  it("a run's crumb stands on one line", async () => {
    const { page } = await openPage(browser, server.url, wide.viewport);
    onTestFinished(() => page.context().close());
    await page.goto(`/runs/${runId}`);
    const tops = await page.locator(".runhead .crumb > *").evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().top));
    expect(tops).toHaveLength(2);
    expect(tops[1]).toBeCloseTo(tops[0] ?? Number.NaN, 0);
  });

  it("nothing that came with the page is fetched again", async () => {
    const { page } = await openPage(browser, server.url, wide.viewport);
    onTestFinished(() => page.context().close());
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(latents, { waitUntil: "load" });
    await page.waitForRequest(/\/api\/status/);
    await page.waitForTimeout(500);
    expect(asked.filter((path) => /^\/api\/(collections|runs\/[^/]+\/collections)/.test(path))).toEqual([]);
  });

  it("Steer arrives with its lists and with what the bar says", async () => {
    const { page } = await openPage(browser, server.url, wide.viewport);
    onTestFinished(() => page.context().close());
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const askedAgain = async () => {
      asked.length = 0;
      await page.goto(`/runs/${runId}/steer`, { waitUntil: "load" });
      await page.getByText("No studies yet").waitFor();
      await page.getByText("in reading order").first().waitFor();
      await page.waitForTimeout(500);
      return asked.filter((path) => /\/(latents|record|studies|tasks)$|^\/api\/runs$/.test(path));
    };
    // Other tests write to the same database server, and what a page read before such a transaction it reads again: then it is visited again.
    const snapshot = async () => (await store.pool.query<{ text: string }>("SELECT pg_current_snapshot()::text AS text")).rows[0]?.text;
    let again: string[] = [];
    for (let visit = 0; visit < 4; visit++) {
      const before = await snapshot();
      again = await askedAgain();
      if (again.length === 0 || (await snapshot()) === before) break;
    }
    expect(again).toEqual([]);
  });

  it.each([latents, `${latents}/layers.0.q_proj/0`, `/runs/${runId}/steer`])(
    "what the Tab key reaches on %s has a ring, and is not under the strip of keys",
    async (path) => {
      const { page } = await openPage(browser, server.url, wide.viewport);
      onTestFinished(() => page.context().close());
      await page.goto(path);
      const hidden: unknown[] = [];
      for (let stop = 0; stop < 60; stop++) {
        await page.keyboard.press("Tab");
        const found = await page.evaluate(focusSeen);
        if (found !== null && !(found.hasRing && found.isInSight)) hidden.push(found);
      }
      expect(hidden).toEqual([]);
    },
  );

  it("a browser in another time zone and language agrees with what the server drew", async () => {
    const { page, complaints } = await openPage(browser, server.url, wide.viewport, { timezoneId: "America/New_York", locale: "de-DE" });
    onTestFinished(() => page.context().close());
    for (const [path] of pages) {
      await page.goto(path, { waitUntil: "load" });
      await page.waitForTimeout(300);
    }
    expect(complaints).toEqual([]);
  });

  it("links lead from page to page", async () => {
    const { page, complaints } = await openPage(browser, server.url, wide.viewport);
    onTestFinished(() => page.context().close());
    await page.goto("/");
    await page.locator(`tr[data-run="${runId}"] a`).first().click();
    await page.getByText("as started").waitFor();
    await page
      .getByRole("navigation", { name: "Run" })
      .getByRole("link", { name: /Latents/ })
      .click();
    await page.locator("tr[aria-rowindex] a").first().click();
    await page.getByText("Activations when firing").waitFor();
    await page.goBack();
    await page.locator("tr[aria-rowindex] a").first().waitFor();
    for (const name of ["Models", "Data", "Jobs", "Experiments", "Compare", "Runs"]) {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
    }
    expect(complaints).toEqual([]);
  });
});

it("a long name is whole, and fits a phone, on the pages of runs, of one run and of jobs", async () => {
  const name = "smollm2-135m-instruct-stan-m4096-k16-down_proj-layers-12-to-17-lr3e-3-cosine-with-six-domains-seed-2";
  const worker = {
    id: newId(),
    host: "here",
    address: "http://127.0.0.1:1",
    secret: "s",
    device: "CPU",
    backend: "tensorflow",
    version: "1",
  };
  await store.pool.query("UPDATE runs SET name = $1 WHERE id = $2", [name, otherRunId]);
  await upsertWorker(store.db, worker);
  await heartbeat(store.db, worker.id, { memoryBytes: 1, loadedModels: [], doing: `L3 down_proj #41 on held-out rows, ${name}` });
  onTestFinished(async () => {
    await store.pool.query("UPDATE runs SET name = 'a run' WHERE id = $1", [otherRunId]);
    await deleteWorker(store.db, worker.id);
  });
  const { page } = await openPage(browser, server.url, narrow);
  onTestFinished(() => page.context().close());
  for (const path of ["/", `/runs/${otherRunId}`, "/jobs"]) {
    await page.goto(path);
    const shown = page.getByRole("main").or(page.locator(".runhead")).getByText(name, { exact: false }).filter({ visible: true });
    await shown.first().waitFor();
    const cut = await shown.evaluateAll(
      (parts) => parts.filter((part) => part.scrollHeight > part.clientHeight + 2 && part.clientHeight > 0).length,
    );
    expect(cut, path).toBe(0);
    await expectNoOverflow(page);
  }
});

it("rows of a dataset fit a phone without sideways scrolling, each value after its column's name", async () => {
  const { page } = await openPage(browser, server.url, narrow);
  onTestFinished(() => page.context().close());
  await page.goto("/data");
  const rows = page.locator(".scrollx").filter({ hasText: "a white whale" });
  await rows.waitFor();
  expect(await rows.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
  expect(await rows.locator("td").evaluateAll((cells) => cells.map((cell) => cell.getAttribute("data-label")))).toEqual([null, "text"]);
});

/** How the element with the focus is seen, null where it is the page itself; what is drawn as SVG marks it by a stroke. Runs in the page. */
function focusSeen() {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return null;
  const foot = document.querySelector("footer.keys")?.getBoundingClientRect().top ?? innerHeight;
  const around = [element, element.parentElement, element.parentElement?.parentElement].flatMap((one) => one ?? []);
  const rings = [...around, ...element.querySelectorAll("*")].map((one) => getComputedStyle(one).boxShadow);
  return {
    element: `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent?.slice(0, 40)}`,
    hasRing: rings.some((ring) => /0px 0px 0px [24]px/.test(ring)),
    isInSight: element.getBoundingClientRect().bottom <= foot + 1,
  };
}

it("an icon is where browsers look for one of their own accord", async () => {
  const answer = await fetch(`${server.url}/favicon.ico`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
});

describe("what is not there", () => {
  it.each([
    ["/runs/nowhere", 404, "Run not found"],
    [`${latents}/layers.0.q_proj/40009`, 404, "Latent not found"],
    [`${latents}/nowhere/0`, 404, "Latent not found"],
    ["/experiments/nowhere", 404, "Experiment not found"],
    ["/dictionaries/nowhere/latents", 404, "Dictionary not found"],
  ])("%s is answered with %i, with a heading, and not to be indexed", async (path, status, heading) => {
    const { page } = await openPage(browser, server.url, wide.viewport);
    onTestFinished(() => page.context().close());
    expect((await page.goto(path))?.status()).toBe(status);
    await page.getByRole("main").getByRole("heading", { level: 1, name: heading }).waitFor();
    expect(await page.locator('meta[name="robots"]').first().getAttribute("content")).toBe("noindex");
  });
});

async function withoutScripts({ url } = server): Promise<Page> {
  const context = await browser.newContext({ ...wide, javaScriptEnabled: false, baseURL: url });
  onTestFinished(() => context.close());
  return context.newPage();
}
