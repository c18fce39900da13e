import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { LatentRow } from "@/lib/contract/latent";
import type { StudyDetail, StudyResult } from "@/lib/contract/study";
import { expectNoOverflow, narrow, type Place, patient } from "./open-latents";
import {
  ask,
  busyLatents,
  type DemonstrationRun,
  demonstrationRun,
  downloaded,
  editsInAddress,
  nameOf,
  onSteerPage,
  steerPath,
} from "./steer-page";

type ResultOf<Kind extends StudyResult["kind"]> = Extract<StudyResult, { kind: Kind }>;

/** Studies of edits, as a person starts, reads and finds them again; declared inside the file that starts the application. */
export function describeStudies(place: Place): void {
  describe("studies", () => {
    let home: DemonstrationRun;
    let first: LatentRow;
    /** Ids of what was started, in that order. */
    const started: string[] = [];

    beforeAll(async () => {
      home = await demonstrationRun(place);
      [first] = await busyLatents(place, home);
    });

    const ablated = () => [`ablatePost*${first.module}*${first.index}*all`];

    /** Starts what the form says, sees it at work, and waits for its end. */
    async function measure<Kind extends StudyResult["kind"]>(page: Page, kind: Kind): Promise<ResultOf<Kind>> {
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.waitForURL(/study=/);
      const id = new URL(page.url()).searchParams.get("study") ?? "";
      started.push(id);
      await page.getByRole("progressbar", { name: "Measuring" }).waitFor();
      await expect.poll(() => page.getByRole("progressbar", { name: "Measuring" }).count(), { timeout: 120_000 }).toBe(0);
      const { task, result } = await ask<StudyDetail>(place, `/api/studies/${id}`);
      expect(task?.error ?? null).toBeNull();
      if (result?.kind !== kind) throw new Error(`the study ended with ${JSON.stringify(result).slice(0, 200)}`);
      return result as ResultOf<Kind>;
    }

    describe("a study", () => {
      it("of doses draws the latent beside a random one, and gives its numbers as CSV", async () => {
        await onSteerPage(place, steerPath(home, {}, ablated()), async (page) => {
          await page.keyboard.press("d");
          await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), patient).toBe("SELECT");
          await page.getByLabel("Values", { exact: true }).fill("0, 0.5, 2");
          await twoShortPrompts(page);
          await page.getByLabel("Target strings").fill(" the");
          await page.getByLabel("Rows for the loss").fill("3");
          await page.getByLabel("Random latents").fill("1");
          const { points, controls } = await measure(page, "dose");
          expect(points.map(({ value }) => value / (points[1]?.value ?? 0)).map((times) => Math.round(times))).toEqual([0, 1, 4]);
          expect(controls.map((control) => control.points.length)).toEqual([3]);
          await page.getByText("1 random latent, lowest to highest").waitFor();
          const plots = page.getByRole("img", { name: /over the values/ });
          expect(await plots.evaluateAll((drawn) => drawn.map((plot) => plot.getAttribute("aria-label")))).toEqual([
            "KL to adapter over the values, nats per token",
            "Loss, held-out text over the values, nats per token",
            "log p of “ the” over the values, nats",
            "Distinct-2 over the values, share",
          ]);
          for (const plot of await plots.all()) {
            expect(await plot.locator('path[fill="var(--base)"]').getAttribute("d")).toMatch(/^M[\d.,LZ-]+$/);
            expect(await plot.locator('path[fill="none"]').getAttribute("d")).toMatch(/^M[\d.-]+,[\d.-]+(L[\d.-]+,[\d.-]+){2}$/);
          }
          await page.getByRole("button", { name: "Download KL to adapter" }).click();
          const curve = csvRows(await downloaded(page, () => page.getByRole("menuitem", { name: "Numbers, CSV" }).click()));
          expect(curve.map(({ value, mean, randomLowest, randomHighest }) => [value, mean, randomLowest, randomHighest])).toEqual(
            points.map(({ value, klToAdapter }, at) => {
              const random = controls[0]?.points[at]?.klToAdapter.mean;
              return [value, klToAdapter.mean, random, random].map(String);
            }),
          );
          const table = csvRows(await downloaded(page, () => page.getByRole("link", { name: "Table", exact: true }).click()));
          expect(table.map(({ arm }) => arm)).toEqual(["base", "adapter", ...triple("latent"), ...triple("control")]);
          expect(table.filter(({ arm }) => arm === "latent").map(({ value, loss }) => [value, loss])).toEqual(
            points.map(({ value, loss }) => [String(value), String(loss?.mean)]),
          );
          await plots.first().focus();
          for (let press = 0; press < 3; press++) await page.keyboard.press("ArrowRight");
          await page.getByRole("button", { name: "Set this" }).click();
          const set = `clamp*${first.module}*${first.index}*${points[2]?.value}*all`;
          await expect.poll(() => editsInAddress(page).at(-1), patient).toBe(set);
        });
      });

      it("of many latents ranks them in a table, from which one is taken into the list", async () => {
        await onSteerPage(place, steerPath(home, {}, ablated()), async (page) => {
          await page.getByRole("button", { name: "Many latents" }).click();
          await page.getByLabel("Latents", { exact: true }).selectOption("attribution");
          await page.getByLabel("How many").fill("5");
          await twoShortPrompts(page);
          const { rows } = await measure(page, "bulk");
          expect(rows).toHaveLength(5);
          const table = page.getByRole("table").filter({ hasText: "Changed tokens" });
          const named = async () => (await table.locator("tbody tr a").allTextContents()).map(withoutSpaces);
          const ranked = (of: (row: (typeof rows)[number]) => number) =>
            rows.toSorted((one, other) => of(other) - of(one)).map(({ latent }) => withoutSpaces(nameOf(latent, home)));
          expect(await named()).toEqual(ranked(({ klToAdapter }) => klToAdapter.mean));
          await table.getByRole("button", { name: "Fires", exact: true }).click();
          expect(await named()).toEqual(ranked(({ firings }) => firings));
          const [name = ""] = await table
            .locator("tbody tr a")
            .first()
            .evaluateAll((links) => links.map((link) => link.getAttribute("title") ?? ""));
          await table.getByRole("button", { name: "Add to the edits" }).first().click();
          await expect.poll(() => editsInAddress(page).at(-1), patient).toBe(`ablatePost*${name.replace(" #", "*")}*all`);
        });
      });

      it("of held-out rows says which of them the edits changed and which they flipped", async () => {
        await onSteerPage(place, steerPath(home, {}, ["adapterOff*all"]), async (page) => {
          await page.getByRole("button", { name: "Held-out rows" }).first().click();
          await page.getByLabel("Held-out rows").fill("31");
          const result = await measure(page, "evaluation");
          expect(result.rows.map(({ edited }) => edited)).toEqual(result.rows.map(({ base }) => base));
          expect(result.change.mean).toBeGreaterThan(0);
          await page.getByText(/^The edits raise the loss by .* over 31 rows\.$/).waitFor();
          const table = page.getByRole("table").filter({ hasText: "Labelled text" });
          await page.getByRole("button", { name: "Show more of 31" }).click();
          const changes = result.rows.map(({ edited, adapter }) => edited.loss - adapter.loss);
          const cells = await table.locator("tbody tr td:nth-last-child(3)").allTextContents();
          const bySize = changes.toSorted((one, other) => Math.abs(other) - Math.abs(one));
          expect(cells).toEqual(bySize.map((change) => `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(4)}`));
          await table.getByRole("button", { name: "Row", exact: true }).click();
          const numbers = (await table.locator("tbody tr td:first-child").allTextContents()).map(withoutSpaces).map(Number);
          expect(numbers).toEqual(result.rows.map(({ row }) => row).sort((one, other) => other - one));
          const flipped = result.flips.toRight + result.flips.toWrong;
          await page.getByRole("button", { name: `Flipped ${flipped}` }).click();
          await expect.poll(() => table.locator("tbody tr").count(), patient).toBe(flipped);
          await page.getByText("These are the current edits of the page.").waitFor();
        });
      });

      it("is found again in the list and by its link, and fits a phone", async () => {
        const [dose = "", bulk = "", evaluation = ""] = started;
        await onSteerPage(place, steerPath(home, { study: dose }), async (page) => {
          await page.getByRole("img", { name: /^KL to adapter/ }).waitFor();
          await page.reload();
          await page.getByRole("img", { name: /^KL to adapter/ }).waitFor();
          const { studies } = await ask<{ studies: unknown[] }>(place, `/api/runs/${home.run.id}/studies`);
          await page.getByRole("button", { name: `${studies.length} studies` }).click();
          const list = page.getByRole("dialog", { name: "Studies of this run" });
          expect(await list.getByRole("button").count()).toBe(studies.length);
          await list.getByRole("button", { name: /ablate after TopK of 5 latents/ }).click();
          await page.waitForURL((address) => address.searchParams.get("study") === bulk);
          await page.getByRole("table").filter({ hasText: "Changed tokens" }).waitFor();
        });
        for (const [study, shown] of [
          [dose, "1 random latent, lowest to highest"],
          [bulk, "each latent alone"],
          [evaluation, "Change of loss"],
        ] as const) {
          const look = async (page: Page) => {
            await page.getByText(shown).first().waitFor();
            await expectNoOverflow(page);
          };
          await onSteerPage(place, steerPath(home, { study }, ablated()), look, narrow);
        }
      });
    });
  });
}

/** Prompts and their continuation as short as tells anything. */
async function twoShortPrompts(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Several", exact: true }).click();
  await page.getByLabel("One prompt per line").fill("And Moses said\nThe patient was");
  await page.getByLabel("Continued by").fill("4");
}

/** A name is parted by margins on the page. */
function withoutSpaces(name: string): string {
  return name.replaceAll(/\s/g, "");
}

function triple(word: string): string[] {
  return [word, word, word];
}

/** Rows of a CSV without quoted fields, by the names of its columns. */
function csvRows(text: string): Record<string, string>[] {
  const [head = "", ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((field, at) => [names[at] ?? "", field])));
}
