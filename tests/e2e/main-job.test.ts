import { get } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeApi } from "./api";
import { type Application, startApplication } from "./application";
import { describeBenchmarks } from "./benchmarks";
import { launchBrowser, openPage, policyViolations } from "./browser";
import { describeComparison } from "./comparison";
import { describeExperiments } from "./experiments";
import { describeImports } from "./imports";
import { describeKeptEdits } from "./kept-edits";
import { describeLatentFindings } from "./latent-findings";
import { describeLatentPages } from "./latent-pages";
import { describeSteering } from "./steering";
import { describeStudies } from "./studies";

const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };
const demonstrationMs = 600_000;

let application: Application;
let browser: Browser;

beforeAll(async () => {
  application = await startApplication();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await application?.stop();
});

afterEach(() => expect(policyViolations.splice(0)).toEqual([]));

describe("a first visit", () => {
  it("starts the demonstration in one click and ends with latents to read", { timeout: demonstrationMs }, async () => {
    const { page, complaints } = await openPage(browser, application.url, wide);
    await page.goto("/");
    await page.getByRole("button", { name: "Start the demonstration" }).click();
    await page.getByText("Train STAN").waitFor();
    await page.getByText("The demonstration is ready").waitFor({ timeout: demonstrationMs });
    await page.getByRole("link", { name: "Browse latents" }).click();
    await page.locator('a[href*="/latents/"]').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("shows what both trainings reached, better than the base model", async () => {
    const { page } = await openPage(browser, application.url, wide);
    await page.goto("/");
    const rows = page.locator("tr[data-run]");
    await rows.first().waitFor();
    expect(await rows.count()).toBe(2);
    for (const text of await rows.allInnerTexts()) expect(text).toMatch(/−\d\.\d{3}\s±\s\d\.\d{3}/);
    await page.context().close();
  });

  it("switches a latent off and reads what the model writes then", async () => {
    const { page, complaints } = await openPage(browser, application.url, wide);
    await openRun(page, /STAN/);
    await page
      .getByRole("navigation", { name: "Run" })
      .getByRole("link", { name: /Latents/ })
      .click();
    await page.locator('a[href*="/latents/"]').first().click();
    await page.locator('a[href*="/steer?"]').first().click();
    await page.getByLabel("Prompt", { exact: true }).fill("A shop sells apples at 4 dollars each.");
    await page.getByRole("button", { name: "Run", exact: false }).last().click();
    const arms = page.locator("article");
    await expect.poll(() => arms.count()).toBe(3);
    await expect.poll(() => page.locator('article[aria-busy="true"]').count(), { timeout: 60_000 }).toBe(0);
    for (const text of await arms.locator("p").allInnerTexts()) expect(text.trim().length).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

const place = { browser: () => browser, url: () => application.url, openRun };
describeLatentPages(place);
describeLatentFindings(place);
describeSteering(place);
describeKeptEdits(place);
describeStudies(place);
describeComparison(place);
describeBenchmarks(place);
describeExperiments(place);
describeImports(place);

describe("a new run", () => {
  it("shows which tokens carry loss, refuses a wrong number, and starts", async () => {
    const { page, complaints } = await openPage(browser, application.url, wide);
    await page.goto("/runs/new");
    await page.getByText("tokens carry loss").first().waitFor();
    await page.locator("label", { hasText: "k of M latents" }).click();
    await page.getByLabel("Steps", { exact: true }).fill("none");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("Fix the highlighted field first.").waitFor();
    await page.getByLabel("Steps", { exact: true }).fill("3");
    await page.getByLabel("Counted tokens").fill("500");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.waitForURL(/\/runs\/(?!new)/);
    await page.getByText("as started").waitFor();
    await expect.poll(() => page.getByText("finished after 3 steps").count(), { timeout: 120_000 }).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("begins from another run's stored configuration", async () => {
    const { page } = await openPage(browser, application.url, wide);
    await openRun(page, /stan-m256-k16/);
    await page.getByRole("link", { name: "Start a copy" }).click();
    await page.getByLabel("Steps", { exact: true }).waitFor();
    expect(await page.getByLabel("Steps", { exact: true }).inputValue()).toBe("3");
    await page.context().close();
  });
});

describeApi(place);

describe("every page", () => {
  it.each([
    "/",
    "/runs/new",
    "/runs/import",
    "/experiments",
    "/experiments/new",
    "/compare",
    "/models",
    "/data",
    "/dictionaries",
    "/explainer",
    "/jobs",
    "/api",
  ])("fits a phone and complains of nothing: %s", async (path) => {
    const { page, complaints } = await openPage(browser, application.url, narrow);
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("load");
    await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("keeps the choice of dark", async () => {
    const { page } = await openPage(browser, application.url, wide);
    await page.goto("/models");
    const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
    expect(await theme()).toBe("light");
    await page.getByRole("button", { name: "Switch light and dark" }).click();
    await page.reload();
    expect(await theme()).toBe("dark");
    await page.context().close();
  });

  it("is refused under another site's name", async () => {
    const status = await new Promise((resolve, reject) => {
      get(application.url, { headers: { host: "evil.example" } }, (answer) => resolve(answer.statusCode)).on("error", reject);
    });
    expect(status).toBe(403);
  });

  it("answers an address without a page with a heading and a way back", async () => {
    const { page } = await openPage(browser, application.url, wide);
    const answer = await page.goto("/nowhere");
    expect(answer?.status()).toBe(404);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Page not found");
    await page.getByRole("main").getByRole("link", { name: "All runs" }).click();
    await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
    await page.context().close();
  });

  it("answers the address of a run that is not there with a heading and a way back", async () => {
    const { page } = await openPage(browser, application.url, wide);
    const answer = await page.goto("/runs/nowhere");
    expect(answer?.status()).toBe(404);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Run not found");
    await page.getByRole("main").getByRole("link", { name: "All runs" }).click();
    await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
    await page.context().close();
  });
});

async function openRun(page: Page, name: RegExp): Promise<void> {
  await page.goto("/");
  await page.locator("tr[data-run] a").filter({ hasText: name }).first().click();
  await page.getByText("as started").waitFor();
}
