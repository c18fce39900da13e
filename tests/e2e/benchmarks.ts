import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectNoOverflow, narrow, type Place, patient } from "./open-latents";
import { type DemonstrationRun, demonstrationRun, onPage } from "./steer-page";

const name = "Held-out texts";
const rows = 43;
/** A result of so few short rows takes seconds; the worker may be at other work. */
const measuredMs = 120_000;

/** From the form of a benchmark to a score, its rows, and two runs compared by it. */
export function describeBenchmarks(place: Place): void {
  describe("a benchmark", () => {
    let stan: DemonstrationRun["run"];
    let lora: DemonstrationRun["run"];

    beforeAll(async () => {
      stan = (await demonstrationRun(place)).run;
      lora = (await demonstrationRun(place, /^LoRA r=/)).run;
    });

    it("is added on a run's page and measured at once, with an interval of the difference and what it allows to say", async () => {
      await onPage(place, `/runs/${stan.id}`, async (page) => {
        await page.getByRole("navigation", { name: "Run" }).getByRole("link", { name: "Benchmarks" }).click();
        await page.getByText("No benchmarks yet").waitFor();
        await page.getByRole("button", { name: "Add a benchmark" }).click();
        await page.getByLabel("Max rows").fill(String(rows));
        await page.getByLabel("Max tokens per row").fill("48");
        await page.getByLabel("Name", { exact: true }).fill(name);
        await page.getByRole("button", { name: "Add and measure" }).click();
        const entry = page.getByRole("listitem", { name });
        await entry.getByText(`${rows} rows held out`).waitFor();
        const loss = entry.getByRole("row", { name: /^Loss/ });
        await loss.waitFor({ timeout: measuredMs });
        const [adapter, base, difference, low, high] = numbersIn((await loss.getByRole("cell").allTextContents()).join(" "));
        // The difference is shown to fewer digits than the losses.
        expect(Math.abs((difference ?? Number.NaN) - ((adapter ?? 0) - (base ?? 0)))).toBeLessThan(0.011);
        expect(low).toBeLessThan(difference ?? 0);
        expect(high).toBeGreaterThan(difference ?? 0);
        expect(high).toBeLessThan(0);
        await entry.getByText(/The adapter is better than the base model: loss is lower by .* Holds on similar data/).waitFor();
      });
    });

    it("shows every row, in the order that is asked for, by domain, and what fired on it", async () => {
      await onPage(place, `/runs/${stan.id}/benchmarks`, async (page) => {
        await page.getByRole("link", { name: "Show rows" }).click();
        await page.waitForURL(/benchmark=/);
        const entry = page.getByRole("listitem", { name });
        const items = entry.locator("table").last().locator("tbody tr");
        await expect.poll(() => items.count(), patient).toBe(rows);
        const differences = async () =>
          (await items.locator("td:nth-last-child(2)").allTextContents()).map((text) => numbersIn(text)[0] ?? 0);
        expect(await differences()).toEqual((await differences()).toSorted((a, b) => b - a));
        await entry.getByRole("button", { name: /^Difference/ }).click();
        await expect.poll(async () => isAscending(await differences()), patient).toBe(true);
        expect(await entry.getByRole("table").filter({ hasText: "By domain" }).getByRole("row").count()).toBeGreaterThan(2);
        const [word = ""] = ((await items.first().locator("td:nth-child(3)").textContent()) ?? "").trim().split(/\s+/);
        await items.first().getByRole("link", { name: "Firings" }).click();
        await page.waitForURL(/\/text/);
        await expect.poll(() => page.locator("main").textContent(), patient).toContain(word);
        await page.goBack();
        await page.setViewportSize(narrow);
        await expect.poll(() => items.count(), patient).toBe(rows);
        await expectNoOverflow(page);
      });
    });

    it("compares two runs row by row once the other is measured too, and finds no difference of a run to itself", async () => {
      await onPage(place, `/compare?runs=${stan.id},${lora.id}`, async (page) => {
        await page.getByRole("button", { name: "Measure both sides" }).first().click();
        const line = scoreLineOf(page);
        await line.waitFor({ timeout: measuredMs });
        await expect.poll(() => line.textContent(), patient).toMatch(new RegExp(`${rows} rows, one run each`));
        expect(await line.textContent()).toMatch(/not distinguishable|(STAN|LoRA) .* is better/);
        const rowByRow = page.getByRole("heading", { name: "By row" });
        await rowByRow.waitFor();
        const table = page.locator("section", { has: rowByRow }).locator("tbody tr");
        await expect.poll(() => table.count(), patient).toBe(rows);
        await page.setViewportSize(narrow);
        await expectNoOverflow(page);
      });
      await onPage(place, `/compare?runs=${stan.id},${stan.id}`, async (page) => {
        const line = scoreLineOf(page);
        await line.waitFor();
        expect(await line.textContent()).toMatch(/[+±]?0\.0+/);
        expect(await line.textContent()).toContain("not distinguishable");
        await page.getByText(`loss is the same on all ${rows} examples`, { exact: false }).first().waitFor();
      });
    });
  });
}

/** The line of the benchmark's loss on a scorecard. */
function scoreLineOf(page: Page) {
  return page.getByRole("listitem").filter({ hasText: name }).filter({ hasText: "loss" }).first();
}

/** Numbers of a text in their order, the typographic minus read as one. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/[+\u2212-]?\d+(?:\.\d+)?/g)].map(([number]) => Number(number.replace("\u2212", "-")));
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0));
}
