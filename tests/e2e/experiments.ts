import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { dataSetList } from "@/lib/contract/api";
import { jobSummary } from "@/lib/contract/run";
import { openPage } from "./browser";
import { expectNoOverflow, narrow, type Place, wide } from "./open-latents";
import { until } from "./steer-page";

const finishedMs = 240_000;

/** From the form of a small experiment to the comparison of what came of it, on the demonstration's model. */
export function describeExperiments({ browser, url }: Place): void {
  describe("an experiment", () => {
    it("is refused while arms differ in size, starts from the form, ends, and leads to its comparison", async () => {
      const rows = await addRows(url());
      const { page, complaints } = await openPage(browser(), url(), wide);
      await page.goto("/experiments/new");
      await page.getByLabel("Name", { exact: true }).fill("A small comparison");
      await page.getByLabel("Rows", { exact: true }).selectOption(rows);
      await page.getByLabel("Held-out rows", { exact: true }).fill("32");
      await fillTraining(page);
      await fillArm(page, "STAN", { "Latents M": "16", k: "4", Values: "0.003, 0.01" });
      await fillArm(page, "LoRA", { Rank: "8", Values: "0.001, 0.003" });
      // A browser notes every answer that is a refusal; here it is what was asked for.
      await page
        .getByRole("group", { name: "Arm LoRA" })
        .getByText(/The nearest rank is 16\./)
        .waitFor();
      const refused = complaints.splice(0);
      expect(refused.every((complaint) => complaint.includes("400"))).toBe(true);
      await fillArm(page, "LoRA", { Rank: "16" });
      await page.getByRole("heading", { name: "Estimated cost" }).waitFor();
      const start = page.getByRole("button", { name: "Start", exact: true });
      await expect.poll(() => start.isEnabled(), { timeout: 30_000 }).toBe(true);
      await start.click();
      await page.waitForURL(/\/experiments\/(?!new)/);
      await page.getByRole("heading", { name: "A small comparison" }).waitFor();
      const compare = page.getByRole("link", { name: "Compare final runs" });
      await expect.poll(() => page.locator(".pagehead").textContent(), { timeout: finishedMs }).toContain("Finished");
      await page.getByRole("heading", { name: "Selected settings" }).waitFor();
      expect(await page.getByRole("row").filter({ hasText: "selected" }).count()).toBe(2);
      expect(await page.getByText(/Total: .* of 24 steps/).count()).toBe(1);
      await page.setViewportSize(narrow);
      await expectNoOverflow(page);
      await page.setViewportSize(wide);
      await compare.click();
      await page.waitForURL(/\/compare\?runs=/);
      await page.getByRole("heading", { name: "Scorecard" }).waitFor();
      await page
        .getByText(/A small comparison, report rows/)
        .first()
        .waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });
}

/** A few rows in place of the demonstration's 3,645 held-out ones, half of which each final run would be measured on. @returns their dataset */
async function addRows(url: string): Promise<string> {
  const rows = Array.from({ length: 80 }, (_, one) => JSON.stringify({ text: `Twice ${one} and one more are ${2 * one + 1}.` }));
  const answer = await fetch(`${url}/api/data/upload?name=sums.jsonl`, { method: "POST", body: rows.join("\n") });
  const { id } = jobSummary.parse(await answer.json());
  return until(async () => {
    const { dataSets } = dataSetList.parse(await (await fetch(`${url}/api/data`)).json());
    return dataSets.find((one) => one.id === id)?.id;
  });
}

/** Four steps a run, judged on few rows, and one seed of final runs. */
async function fillTraining(page: Page): Promise<void> {
  const values = {
    Steps: "4",
    "Batch, rows": "2",
    "Max tokens per row": "24",
    "Evaluate every, steps": "0",
    "Evaluation rows": "6",
    Seeds: "1",
  };
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("switch", { name: /Stop underperforming trials/ }).click();
}

async function fillArm(page: Page, name: string, values: Record<string, string>): Promise<void> {
  const arm = page.getByRole("group", { name: `Arm ${name}` });
  if ("Values" in values) await arm.getByLabel("Learning rates", { exact: true }).selectOption("list");
  for (const [label, value] of Object.entries(values)) await arm.getByLabel(label, { exact: true }).fill(value);
}
