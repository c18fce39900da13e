import { describe, expect, it } from "vitest";
import { openPage } from "./browser";
import { type Place, wide } from "./open-latents";

/** The guided tour of the demonstration, from its button to its end; declared inside the file that starts the application. */
export function describeTour(place: Place): void {
  describe("the tour of the demonstration", () => {
    it("leads in five steps from a run to a comparison", async () => {
      const { page, complaints } = await openPage(place.browser(), place.url(), wide);
      await page.goto("/");
      await page.getByRole("button", { name: "Take the tour" }).click();
      const card = page.getByRole("complementary", { name: "Tour" });
      await page.waitForURL(/\/runs\/[^/?]+$/);
      await card.getByRole("heading", { name: "A run step 1 of 5" }).waitFor();
      const steps = [
        { next: "its latents", path: /\/runs\/[^/]+\/latents(\?|$)/, head: "Its latents step 2 of 5" },
        { next: "one latent", path: /\/latents\/[^/]+\/\d+/, head: "One latent step 3 of 5" },
        { next: "steer", path: /\/steer/, head: "Steer step 4 of 5" },
        { next: "compare", path: /\/compare\?runs=/, head: "Compare step 5 of 5" },
      ];
      for (const { next, path, head } of steps) {
        await card.getByRole("button", { name: `Next: ${next}` }).click();
        await page.waitForURL(path);
        await card.getByRole("heading", { name: head }).waitFor();
        // The latent of the third step is ready to be scaled.
        if (next === "steer") await page.getByRole("heading", { name: "Edits 1 on" }).waitFor();
      }
      await page.getByRole("region", { name: "Verdict" }).waitFor();
      await card.getByRole("button", { name: "Finish" }).click();
      await card.waitFor({ state: "detached" });
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("survives a reload, leads back from another page, and can be left at any time", async () => {
      const { page, complaints } = await openPage(place.browser(), place.url(), wide);
      await page.goto("/");
      await page.getByRole("button", { name: "Take the tour" }).click();
      const card = page.getByRole("complementary", { name: "Tour" });
      await card.getByRole("button", { name: "Next: its latents" }).click();
      await page.waitForURL(/\/latents/);
      await page.reload();
      await card.getByRole("heading", { name: "Its latents step 2 of 5" }).waitFor();
      await page.goto("/jobs");
      await card.getByRole("button", { name: "Show", exact: true }).click();
      await page.waitForURL(/\/latents/);
      await card.getByRole("button", { name: "Leave the tour" }).click();
      await card.waitFor({ state: "detached" });
      await page.reload();
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      expect(await card.count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });
}
