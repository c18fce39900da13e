import { describe, expect, it } from "vitest";
import { openPage } from "./browser";
import { expectNoOverflow, narrow, type Place, wide } from "./open-latents";

/** From the list of runs to what a comparison of the demonstration's two runs allows to say. */
export function describeComparison({ browser, url }: Place): void {
  describe("comparing two runs", () => {
    it("takes two clicks from the list of runs", async () => {
      const { page, complaints } = await openPage(browser(), url(), wide);
      await page.goto("/");
      await page.locator("tr[data-run]").first().getByRole("checkbox").click();
      await page
        .locator("tr[data-run]")
        .nth(1)
        .getByRole("link", { name: /^Compare/ })
        .click();
      await page.waitForURL(/\/compare\?runs=/);
      await page.getByRole("heading", { name: "Differences", exact: true }).waitFor();
      await page.getByRole("heading", { name: "Scorecard" }).waitFor();
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
      expect(await page.getByText("STAN").count()).toBeGreaterThan(0);
      // Both evaluated the same held-out rows, which are paired at once.
      const verdict = page.getByRole("region", { name: "Verdict" });
      await verdict.getByText(/lower than .* on held-out rows|not distinguishable/).waitFor();
      expect(await verdict.textContent()).not.toContain("cannot be compared");
      expect(complaints).toEqual([]);
      await page.setViewportSize(narrow);
      await expectNoOverflow(page);
      await page.context().close();
    });
  });
}
