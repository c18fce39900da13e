import { describe, expect, it } from "vitest";
import { openPage } from "./browser";
import { narrow, type Place, wide } from "./open-latents";
import { demonstrationRun } from "./steer-page";

/** What only a browser lays out: pages on a phone. */
export function describeNarrowPages(place: Place): void {
  describe("on a phone", () => {
    it("a run begins with what came out", async () => {
      const { page } = await openPage(place.browser(), place.url(), wide);
      await place.openRun(page, /STAN/);
      await page.setViewportSize(narrow);
      const topOf = async (name: string) => (await page.getByRole("heading", { name, exact: true }).boundingBox())?.y ?? Number.NaN;
      expect(await topOf("Scorecard")).toBeLessThan(await topOf("Loss"));
      expect(await topOf("Configuration")).toBeGreaterThan(await topOf("Latent health"));
      await page.context().close();
    });

    it("a text of one's own shows over the width of a row where a latent fires", async () => {
      const { page } = await openPage(place.browser(), place.url(), wide);
      await place.openRun(page, /STAN/);
      await page.getByRole("link", { name: "Your text" }).click();
      await page.getByLabel("Text", { exact: true }).fill("And the Lord said unto Moses");
      await page.getByRole("button", { name: "Read", exact: true }).click();
      const strip = page.locator("button[id^=latent-] > svg").first();
      await strip.waitFor();
      await page.setViewportSize(narrow);
      await expect.poll(async () => (await strip.boundingBox())?.width).toBeGreaterThan(280);
      await page.context().close();
    });

    it("a comparison begins with its verdict and scorecard; what is below stays folded until it is asked for", async () => {
      const { page } = await openPage(place.browser(), place.url(), narrow);
      const [stan, lora] = await Promise.all([demonstrationRun(place), demonstrationRun(place, /^LoRA r=/)]);
      await page.goto(`/compare?runs=${stan.run.id},${lora.run.id}`);
      await page.getByRole("heading", { name: "Scorecard" }).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(2400);
      const curves = page.getByRole("img", { name: /^Evaluation loss/ });
      expect(await curves.filter({ visible: true }).count()).toBe(0);
      await page.getByText("Curves over training").click();
      await curves.filter({ visible: true }).first().waitFor();
      await page.context().close();
    });

    it("jobs are short cards, and no page scrolls sideways", async () => {
      const { page } = await openPage(place.browser(), place.url(), narrow);
      await page.goto("/jobs");
      const card = page.getByRole("table", { name: "Work" }).locator("tbody tr").filter({ hasText: "Training" }).first();
      expect((await card.boundingBox())?.height).toBeLessThan(150);
      for (const path of ["/", "/jobs", "/runs/new", "/compare"]) {
        await page.goto(path);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(narrow.width);
      }
      await page.context().close();
    });
  });
}
