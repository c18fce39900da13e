import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { expectAccessible } from "./accessibility-violations";
import { expectNoOverflow, narrow, type Place } from "./open-latents";
import { ask, type DemonstrationRun, demonstrationRun, onPage, until } from "./steer-page";

const topics = ["medicine", "movies", "python"];
/** Of so few short rows a detection takes seconds; the worker may be at other work. */
const detectedMs = 120_000;

/** From the form of a detection to the latents that detect its concepts, and to its probes. */
export function describeConcepts(place: Place): void {
  describe("the concepts of a dataset", () => {
    const folder = mkdtempSync(join(tmpdir(), "stanscope-concepts-"));
    let stan: DemonstrationRun["run"];

    beforeAll(async () => {
      stan = (await demonstrationRun(place)).run;
      const path = join(folder, "topics.jsonl");
      writeFileSync(path, topics.flatMap(rowsOf).join("\n"));
      await ask(place, "/api/data", { path });
      await until(async () =>
        (await ask<{ dataSets: DataSetSummary[] }>(place, "/api/data")).dataSets.find(({ name }) => name === "topics.jsonl"),
      );
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it("are detected and probed: few latents, channels of the base model, all of them, and a constant", async () => {
      await onPage(place, `/runs/${stan.id}/concepts`, async (page) => {
        await page.getByText("No concepts yet").waitFor();
        await page.getByLabel("Dataset", { exact: true }).selectOption({ label: "topics.jsonl (120 rows)" });
        expect(await page.getByLabel("Concepts", { exact: true }).inputValue()).toBe("topic");
        await page.getByRole("button", { name: "Detect", exact: true }).click();
        const probing = page.getByRole("region", { name: "Sparse probing" });
        await probing.waitFor({ timeout: detectedMs });
        await page.getByText(/^For \d of 3 concepts/).waitFor();
        const rows = await probing.getByRole("row").allInnerTexts();
        expect(rows.length).toBe(1 + 2 * (topics.length + 1));
        const [one = 0, , , twenty = 0, constant] = numbersIn(rows[1]);
        const dense = numbersIn(rows[2])[4] ?? 0;
        expect([constant, twenty > one, dense > one, dense <= 1]).toEqual([0.5, true, true, true]);
        await probing.getByRole("button", { name: "AUROC" }).click();
        expect(numbersIn((await probing.getByRole("row").allInnerTexts())[1])[0]).not.toBe(one);
        await probing.getByRole("button", { name: "python", exact: true }).click();
        await probing.getByText("In the order in which they are chosen").waitFor();
      });
    });

    it("are named on the page of the latent that detects one best, which leads back to them", async () => {
      await onPage(place, `/runs/${stan.id}/concepts`, async (page) => {
        const row = page.getByRole("row").filter({ has: page.getByRole("button", { name: "medicine", exact: true }) });
        const auroc = /0\.\d{3} \(0\.\d{3} to \d\.\d{3}\)/.exec((await row.first().textContent()) ?? "")?.[0];
        await row.first().getByRole("link").click();
        const detects = page.locator("section.panel").filter({ has: page.getByRole("heading", { name: "Detects" }) });
        const medicine = detects.getByRole("row").filter({ hasText: "medicine" });
        expect(await medicine.textContent()).toContain(auroc);
        await medicine.getByRole("link", { name: "medicine" }).click();
        await page.getByRole("region", { name: "Sparse probing" }).waitFor();
      });
    });

    it("stay after a reload, fit a phone, and have nothing that axe finds wrong", async () => {
      await onPage(place, `/runs/${stan.id}/concepts`, async (page) => {
        await page.getByRole("region", { name: "Sparse probing" }).waitFor();
        await expectAccessible(page);
        await page.setViewportSize(narrow);
        await expectNoOverflow(page);
      });
    });
  });
}

/** The first rows of a domain of the demonstration's corpus. */
function rowsOf(topic: string): string[] {
  const lines = readFileSync(`demo/corpus/${topic}.jsonl`, "utf8").split("\n").slice(0, 40);
  return lines.map((line) => JSON.stringify({ text: (JSON.parse(line) as { text: string }).text.slice(0, 300), topic }));
}

/** Those with three decimals, as in a row of means. */
function numbersIn(text = ""): number[] {
  return [...text.matchAll(/\d\.\d{3}/g)].map(([number]) => Number(number));
}
