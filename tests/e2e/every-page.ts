import { get } from "node:http";
import { describe, expect, it } from "vitest";
import { openPage } from "./browser";
import { narrow, type Place, wide } from "./open-latents";

/** What holds of all pages; declared after whatever fills their lists. */
export function describeEveryPage(place: Place): void {
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
      const { page, complaints } = await openPage(place.browser(), place.url(), narrow);
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("load");
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("keeps the choice of dark", async () => {
      const { page } = await openPage(place.browser(), place.url(), wide);
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
        get(place.url(), { headers: { host: "evil.example" } }, (answer) => resolve(answer.statusCode)).on("error", reject);
      });
      expect(status).toBe(403);
    });

    it("answers an address without a page with a heading and a way back", async () => {
      const { page } = await openPage(place.browser(), place.url(), wide);
      const answer = await page.goto("/nowhere");
      expect(answer?.status()).toBe(404);
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Page not found");
      await page.getByRole("main").getByRole("link", { name: "All runs" }).click();
      await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
      await page.context().close();
    });

    it("answers the address of a run that is not there with a heading and a way back", async () => {
      const { page } = await openPage(place.browser(), place.url(), wide);
      const answer = await page.goto("/runs/nowhere");
      expect(answer?.status()).toBe(404);
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Run not found");
      await page.getByRole("main").getByRole("link", { name: "All runs" }).click();
      await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
      await page.context().close();
    });
  });
}
