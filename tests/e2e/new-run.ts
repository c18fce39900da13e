import { describe, expect, it } from "vitest";
import { openPage } from "./browser";
import { type Place, wide } from "./open-latents";

/** From the form of a run to its end, and to the form of its copy. */
export function describeNewRun(place: Place): void {
  describe("a new run", () => {
    it("shows which tokens carry loss, refuses a wrong number, and starts", async () => {
      const { page, complaints } = await openPage(place.browser(), place.url(), wide);
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
      const { page } = await openPage(place.browser(), place.url(), wide);
      await place.openRun(page, /stan-m256-k16/);
      await page.getByRole("link", { name: "Start a copy" }).click();
      await page.getByLabel("Steps", { exact: true }).waitFor();
      expect(await page.getByLabel("Steps", { exact: true }).inputValue()).toBe("3");
      await page.context().close();
    });
  });
}
