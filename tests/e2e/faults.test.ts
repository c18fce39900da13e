import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallModelFolder } from "@/demo/configuration";
import { freshDatabase } from "@/tests/support/database";
import { describedData, latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";
import { storedModel } from "@/tests/support/stored-model";
import { launchBrowser, untilOver, waitUntilReady } from "./browser";
import { type FaultyProxy, startFaultyProxy } from "./faulty-proxy";
import { pagePaths, routesOfPages, unpreparedRoutes } from "./page-paths";
import { startWebServer, type WebServer } from "./web-server";

const store = await freshDatabase();
const { runId: run } = await storedCollection(store, [latentInput(0, 0, 10, "caf"), latentInput(1, 0, 5)]);
const otherRun = await storedRun(store);
await storedModel({ store });
const folder = mkdtempSync(join(tmpdir(), "stanscope-faults-"));
writeFileSync(join(folder, "data.jsonl"), '{"text":"a white whale"}\n');
await describedData(store, { path: join(folder, "data.jsonl"), rows: 1 });
const paths = pagePaths({ run, otherRun, module: "layers.0.q_proj", index: 0 });

const unreachable = "The Stanscope server cannot be reached.";
const answered500 = "The server answered with status 500.";

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

type OnEnd = (work: () => Promise<void>) => void;

/** A page that has loaded from behind a proxy of its own. */
async function openBehindProxy(path: string, onEnd: OnEnd): Promise<{ page: Page; proxy: FaultyProxy }> {
  const proxy = await startFaultyProxy(server.url);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, baseURL: proxy.url });
  onEnd(async () => {
    await context.close();
    await proxy.stop();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  waitUntilReady(page);
  const [events, status] = [page.waitForResponse(/\/api\/events/), untilOver(page, (path) => path === "/api/status")];
  await page.goto(path);
  await events;
  await status;
  await page.locator("[aria-busy=true]").filter({ visible: true }).first().waitFor({ state: "detached" });
  return { page, proxy };
}

const staleNote = (page: Page, message: string) => page.getByRole("status").filter({ hasText: `Could not refresh. ${message}` });
const isStatus = (response: Response) => response.url().endsWith("/api/status");

it("faults are tried on every page, but for those that a longer preparation would need", () => {
  expect([...Object.keys(paths), ...unpreparedRoutes].sort()).toEqual(routesOfPages());
});

describe.concurrent("a page that is open", () => {
  it.for(Object.values(paths))(
    "%s says what happened to the server, keeps what it shows, and recovers",
    async (path, { expect, onTestFinished }) => {
      const { page, proxy } = await openBehindProxy(path, onTestFinished);
      const heading = await page.getByRole("heading", { level: 1 }).first().textContent();
      const expectKept = async () => expect(await page.getByRole("heading", { level: 1 }).first().textContent()).toBe(heading);

      proxy.set("gone");
      await page.getByText("Reconnecting…").waitFor();
      await staleNote(page, unreachable).waitFor();
      await expectKept();
      proxy.set("none");
      await staleNote(page, unreachable).waitFor({ state: "detached" });
      await page.getByText("Reconnecting…").waitFor({ state: "detached" });
      await expectKept();

      proxy.set("failing");
      await staleNote(page, answered500).waitFor();
      await Promise.all([page.waitForResponse(isStatus), page.getByRole("button", { name: "Retry", exact: true }).click()]);
      await staleNote(page, answered500).waitFor();
      await expectKept();
      proxy.set("none");
      await staleNote(page, answered500).waitFor({ state: "detached" });

      proxy.set("slow");
      await page.waitForRequest(/\/api\/status/);
      expect(await page.getByText(/Could not refresh|Reconnecting/).count()).toBe(0);
      await expectKept();
      const answered = page.waitForResponse((response) => isStatus(response) && response.ok());
      proxy.set("none");
      await answered;
      expect(await page.getByText(/Could not refresh|Reconnecting/).count()).toBe(0);
    },
  );
});

/** What is typed on a page and sent. */
type Sent = {
  readonly path: string;
  readonly label: string;
  readonly text: string;
  readonly button: string | RegExp;
  /** Title of the note when it cannot be sent. */
  readonly failure: string;
  /** What the server makes of it once it answers. */
  readonly answer: string | RegExp;
};

const data = join(folder, "data.jsonl");
const sent: readonly Sent[] = [
  {
    path: "/models",
    label: "Path on the server",
    text: smallModelFolder,
    button: "Add",
    failure: "Could not add the model",
    answer: /^Started: /,
  },
  { path: "/data", label: "Path on the server", text: data, button: "Add", failure: "Could not add the dataset", answer: /^Started: / },
  {
    path: "/dictionaries",
    label: "Path on the server",
    text: folder,
    button: "Import",
    failure: "Could not start the import",
    answer: /contains no Neuronpedia export/,
  },
  {
    path: "/runs/import",
    label: "Folder",
    text: folder,
    button: "Import",
    failure: "The run was not imported",
    answer: /adapter_config\.json/,
  },
  {
    path: "/explainer",
    label: "Endpoint",
    text: "http://127.0.0.1:9/v1",
    button: "Save",
    failure: "Could not save the settings",
    answer: "Saved",
  },
  {
    path: `/runs/${run}/latents/layers.0.q_proj/0`,
    label: "Label",
    text: "coffee",
    button: "Save",
    failure: "Could not save the label",
    answer: "by hand",
  },
  { path: "/runs/new", label: "Name", text: "two of them", button: /^Start \d/, failure: "Could not start the runs", answer: "4 runs" },
  {
    path: `/runs/${run}/steer`,
    label: "Prompt",
    text: "And Moses",
    button: /^Run/,
    failure: "Generation failed",
    answer: /The run has no adapter yet/,
  },
  {
    path: `/runs/${run}/text`,
    label: "Text",
    text: "And Moses",
    button: /^Read/,
    failure: "Reading was interrupted",
    answer: /The run has no adapter yet/,
  },
];

describe.concurrent("what is typed", () => {
  it.for(sent)(
    "at $label of $path outlives every fault, and is sent once the server answers",
    async (given, { expect, onTestFinished }) => {
      const { page, proxy } = await openBehindProxy(given.path, onTestFinished);
      const field = page.getByLabel(given.label, { exact: true });
      const button = page.getByRole("button", { name: given.button, exact: true });
      const failure = page.getByRole("alert").filter({ hasText: given.failure });
      await field.fill(given.text);

      for (const [fault, message] of [
        ["gone", unreachable],
        ["failing", answered500],
      ] as const) {
        proxy.set(fault);
        await button.click();
        await failure.getByText(message).waitFor();
        expect(await field.inputValue()).toBe(given.text);
        proxy.set("none");
      }

      proxy.set("slow");
      const asked = page.waitForRequest((request) => request.method() !== "GET");
      await button.click();
      await asked;
      await failure.waitFor({ state: "detached" });
      expect(await field.inputValue()).toBe(given.text);
      proxy.set("none");
      await page.getByText(given.answer).filter({ visible: true }).first().waitFor();
    },
  );

  it("in the search of latents is found once the server answers, by Try again", async ({ expect, onTestFinished }) => {
    const { page, proxy } = await openBehindProxy(`/runs/${run}/latents`, onTestFinished);
    const search = page.getByPlaceholder("Token or label");
    const rows = page.locator("tr[aria-rowindex] a");
    proxy.set("failing");
    await search.fill("caf");
    await page.getByText("The latents could not be loaded").waitFor();
    await page.getByText(answered500).first().waitFor();
    expect(await search.inputValue()).toBe("caf");
    proxy.set("none");
    await page.getByRole("button", { name: "Try again" }).click();
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    expect(await search.inputValue()).toBe("caf");
  });
});
