import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { LatentRow } from "@/lib/contract/latent";
import { untilItListens } from "./browser";
import { expectNoOverflow, narrow, type Place, patient, typeIntoSearch } from "./open-latents";
import {
  arms,
  armText,
  busyLatents,
  type DemonstrationRun,
  demonstrationRun,
  editsInAddress,
  ended,
  expectAligned,
  nameOf,
  newestKept,
  onPage,
  onSteerPage,
  prompt,
  runAndWait,
  showsCount,
  steerPath,
} from "./steer-page";

/** What a person does with edits on the page Steer; declared inside the file that starts the application. */
export function describeSteering(place: Place): void {
  describe("steering", () => {
    let home: DemonstrationRun;
    let first: LatentRow;
    let second: LatentRow;

    beforeAll(async () => {
      home = await demonstrationRun(place);
      [first, second] = await busyLatents(place, home);
    });

    const scaled = ({ module, index }: LatentRow, value: number) => `scale*${module}*${index}*${value}*all`;
    const steering = (search: Record<string, string>, edits: readonly string[], work: (page: Page) => Promise<void>) =>
      onSteerPage(place, steerPath(home, search, edits), work);

    describe("the list of edits", () => {
      it("takes a latent from its own page, from a search, and from a token at which it fired", async () => {
        const latentPage = `/runs/${home.run.id}/latents/${encodeURIComponent(first.module)}/${first.index}`;
        await onPage(place, latentPage, async (page) => {
          await page.getByRole("link", { name: "Steer", exact: true }).last().click();
          await showsCount(page, "1 on");
          await untilItListens(page);
          await typeIntoSearch(page, page.getByLabel("Find a latent by token, label or name"), nameOf(second, home));
          const found = page.getByRole("button", { name: "Edit", exact: true });
          // Until the name is read, the list offers others.
          await expect.poll(() => found.count(), patient).toBe(1);
          await found.click();
          await showsCount(page, "2 of 2 on");
          await page.keyboard.press("Escape");
          await page.getByLabel("Prompt", { exact: true }).fill(prompt);
          await runAndWait(page);
          // What fired is what the adapter without edits finds in the text: all arms read one.
          await page.getByRole("button", { name: "Teacher-forced", exact: true }).click();
          await page.getByText("forced on the adapter’s text").waitFor();
          await ended(page);
          await page.locator('[data-position="2"]').click();
          const fired = page.getByRole("dialog", { name: "What fired here" });
          await fired.getByRole("button", { name: "Edit", exact: true }).first().waitFor();
          // No index is cut by the tokens beside it.
          const rows = fired.locator("li");
          const nameEnds = await rows.locator("a span").evaluateAll((names) => names.map((name) => name.getBoundingClientRect().right));
          const gists = await rows.locator(".fitting").evaluateAll((words) => words.map((word) => word.getBoundingClientRect().left));
          expect(Math.max(...nameEnds)).toBeLessThanOrEqual(Math.min(...gists));
          const buttons = await fired
            .locator("li")
            .getByRole("button", { name: /^(Edit|Again)$/ })
            .allTextContents();
          const row = fired.locator("li").nth(buttons.indexOf("Edit"));
          const activation = Number(await row.locator('span[style*="background"]').textContent());
          await row.getByRole("button", { name: "Edit", exact: true }).click();
          await row.getByRole("button", { name: "Again", exact: true }).waitFor();
          await page.keyboard.press("Escape");
          await showsCount(page, "3 of 3 on");
          await expect.poll(() => editsInAddress(page), patient).toHaveLength(3);
          const [fromItsPage, fromSearch] = editsInAddress(page);
          expect(fromItsPage).toMatch(new RegExp(`^clamp\\*${first.module}\\*${first.index}\\*[\\d.]+\\*all$`));
          expect(fromSearch).toBe(`ablatePost*${second.module}*${second.index}*all`);
          await runAndWait(page);
          const { generated } = await newestKept(place, home);
          const token = generated.arms.find(({ arm }) => arm === "adapter")?.tokens[2];
          // The list shows three digits.
          expect(activation / (token?.activations.at(-1) ?? Number.NaN)).toBeCloseTo(1, 2);
        });
      });

      it("is changed from the keyboard: operation, value, order and switch", async () => {
        await steering({ prompt }, [scaled(first, 1), scaled(second, 1)], async (page) => {
          const slider = page.getByRole("slider", { name: `Factor of ${nameOf(first, home)}` });
          await slider.focus();
          const value = async () => Number(await slider.getAttribute("aria-valuenow"));
          const pressed = async (key: string) => {
            const before = await value();
            await page.keyboard.press(key);
            await expect.poll(value, patient).not.toBe(before);
            return (await value()) - before;
          };
          // The line is the latent's own by the third, which is what is compared.
          const coarse = [await pressed("ArrowRight"), await pressed("ArrowRight"), await pressed("ArrowRight")].at(-1) ?? Number.NaN;
          const ratio = -coarse / (await pressed("Shift+ArrowLeft"));
          // A tenth, as far as the last digit of the value tells.
          expect(ratio).toBeGreaterThan(6);
          expect(ratio).toBeLessThan(17);
          const fine = await value();
          await expect.poll(() => amountOf(editsInAddress(page)[0]), patient).toBe(fine);
          await page.keyboard.press("Space");
          await showsCount(page, "1 of 2 on");
          await expect.poll(() => editsInAddress(page)[0], patient).toBe(`${scaled(first, fine)}*off`);
          await page.getByRole("switch", { name: `${nameOf(first, home)} is on` }).focus();
          await page.keyboard.press("Space");
          await showsCount(page, "2 of 2 on");
          await page.keyboard.press("Alt+ArrowDown");
          await expect.poll(() => editsInAddress(page), patient).toEqual([scaled(second, 1), scaled(first, fine)]);
          await page.getByLabel("Operation", { exact: true }).first().focus();
          await page.keyboard.type("cl");
          await page.keyboard.press("Tab");
          await page.keyboard.press("Control+a");
          await page.keyboard.type("2.5");
          await expect.poll(() => editsInAddress(page)[0], patient).toBe(`clamp*${second.module}*${second.index}*2.5*all`);
          await page.getByRole("button", { name: `Remove ${nameOf(second, home)}` }).click();
          await showsCount(page, "1 on");
          await page.getByRole("button", { name: "Undo", exact: true }).click();
          await showsCount(page, "2 of 2 on");
        });
      });
    });

    describe("a generation", () => {
      it("shows the arms side by side, goes on, and comes back the same from its link", async () => {
        await steering({}, [scaled(first, 3), scaled(second, 0)], async (page) => {
          await page.getByLabel("Prompt", { exact: true }).fill(prompt);
          await page.getByText("Greedy, 64 tokens, seed 0").click();
          await page.getByLabel("Max tokens").fill("11");
          await page.getByLabel("Temperature").fill("0.7");
          const settings = page.locator("details", { has: page.getByLabel("Max tokens") });
          await settings.getByLabel("Seed", { exact: true }).fill("5");
          await runAndWait(page);
          await expectAligned(page);
          const texts = await arms(page).locator("p").allTextContents();
          const { generated, request } = await newestKept(place, home);
          expect(request.sampling).toMatchObject({ maxTokens: 11, temperature: 0.7, seed: 5 });
          expect(texts.map((text) => text.trim())).toEqual(generated.arms.map(({ text }) => text.trim()));
          expect(generated.arms[2]?.tokens[0]?.klToAdapter).toBeGreaterThan(0);
          for (const name of ["KL edited ‖ adapter", "KL edited ‖ base", "injected norm"]) await page.getByText(name).first().waitFor();
          expect(await page.locator("[data-position]").count()).toBe(11);
          expect(await page.locator('[data-position="0"] i').evaluate((cells) => getComputedStyle(cells).backgroundImage)).toMatch(
            /gradient/,
          );
          await page.getByRole("button", { name: "Continue" }).click();
          await expect.poll(() => page.locator("[data-position]").count(), patient).toBe(22);
          await ended(page);
          const kept = (await newestKept(place, home)).request.continued;
          expect(kept).toEqual(Object.fromEntries(generated.arms.map(({ arm, tokens }) => [arm, tokens.map(({ id }) => id)])));
          for (const [at, text] of (await arms(page).locator("p").allTextContents()).entries()) {
            expect(text.startsWith(texts[at] ?? "nothing")).toBe(true);
            expect(text.length).toBeGreaterThan(texts[at]?.length ?? 0);
          }
          await page.reload();
          await showsCount(page, "2 of 2 on");
          await page.getByText("Temperature 0.70, 11 tokens, seed 5").waitFor();
          await runAndWait(page);
          expect(await arms(page).locator("p").allTextContents()).toEqual(texts);
        });
      });

      it("is read by all arms on one text, where an edit that takes the adapter off is the base model", async () => {
        await steering({ prompt, maxTokens: "7" }, ["adapterOff*all"], async (page) => {
          await runAndWait(page);
          expect(await armText(page, 2).textContent()).toBe(await armText(page, 0).textContent());
          expect(await armText(page, 1).textContent()).not.toBe(await armText(page, 0).textContent());
          await page.locator("h1, h2").first().click();
          await page.keyboard.press("f");
          await page.getByText("forced on the adapter’s text").waitFor();
          await ended(page);
          await page.waitForURL(/forced=adapter/);
          const { generated } = await newestKept(place, home);
          const [base, adapter, edited] = generated.arms;
          for (const arm of generated.arms) expect(arm.tokens.map(({ id }) => id)).toEqual(adapter?.tokens.map(({ id }) => id));
          expect(edited?.tokens.map(({ klToBase }) => klToBase)).toEqual(new Array(7).fill(0));
          expect(edited?.tokens.map(({ logProbability }) => logProbability)).toEqual(
            base?.tokens.map(({ logProbability }) => logProbability),
          );
          for (const token of adapter?.tokens ?? []) expect(token.klToBase).toBeGreaterThan(0);
          await page.getByLabel("Text that all arms read").selectOption("own");
          await page.getByLabel("Text that every arm reads after the prompt").fill(" of Israel, Hear the word");
          await runAndWait(page);
          await page.getByText("forced on a given text").waitFor();
          expect((await newestKept(place, home)).generated.arms.map(({ reason }) => reason)).toEqual(new Array(3).fill("forcedText"));
        });
      });

      it("of a LoRA run follows an edit of one component, whose activation has a sign", async () => {
        const lora = await demonstrationRun(place, /^LoRA r=/);
        const [component] = await busyLatents(place, lora);
        await onSteerPage(place, steerPath(lora, { prompt, maxTokens: "13" }, [scaled(component, 1)]), async (page) => {
          await page.getByLabel("Factor", { exact: true }).fill("-6");
          await runAndWait(page);
          expect((await newestKept(place, lora)).generated.arms[2]?.tokens[0]?.klToAdapter).toBeGreaterThan(0);
          await page.getByLabel("Operation", { exact: true }).first().selectOption("ablatePost");
          await page.getByText("0 at every token").waitFor();
          await runAndWait(page);
          const { generated } = await newestKept(place, lora);
          const activations = (arm: string) => generated.arms.find((one) => one.arm === arm)?.tokens.map((token) => token.activations[0]);
          expect(activations("edited")).toEqual(new Array(13).fill(0));
          expect(activations("adapter")?.some((activation) => activation !== 0)).toBe(true);
        });
      });

      it("fits a phone, free and forced", async () => {
        const path = steerPath(home, { prompt, maxTokens: "40" }, [scaled(first, 3), scaled(second, 0)]);
        const look = async (page: Page) => {
          await runAndWait(page);
          await expectNoOverflow(page);
          await page.getByRole("button", { name: "Teacher-forced", exact: true }).click();
          await page.getByText("forced on the adapter’s text").waitFor();
          await ended(page);
          await expectNoOverflow(page);
        };
        await onSteerPage(place, path, look, narrow);
      });
    });
  });
}

/** The value of an edit as an address says it. */
function amountOf(text: string | undefined): number {
  return Number(text?.split("*")[3]);
}
