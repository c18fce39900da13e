import { describe, expect, it } from "vitest";
import { openPage } from "./browser";
import { narrow, type Place, wide } from "./open-latents";

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

    it("takes rows that are pasted in place, asks how prompt and completion are joined, and keeps them over a reload", async () => {
      const { page, complaints } = await openPage(place.browser(), place.url(), wide);
      await page.goto("/runs/new");
      await page.getByRole("button", { name: "Add data here" }).click();
      const rows = Array.from({ length: 40 }, (_, one) => JSON.stringify({ prompt: `${one} and ${one} are`, completion: `${2 * one}` }));
      await page.getByLabel("Pasted rows", { exact: true }).fill(rows.join("\n"));
      await page.getByLabel("Dataset name", { exact: true }).fill("pasted sums");
      await page.getByRole("button", { name: "Add 40 rows" }).click();
      const chosen = page.getByLabel("Rows", { exact: true }).locator("option:checked");
      await expect.poll(() => chosen.textContent(), { timeout: 60_000 }).toBe("pasted sums.jsonl (40 rows)");
      expect(await page.getByLabel("Rows are", { exact: true }).locator("option:checked").textContent()).toBe("prompt and completion");
      await page.getByLabel("Separator", { exact: true }).selectOption("a space");
      await page.getByLabel("Held-out rows", { exact: true }).fill("8");
      await page.getByText("tokens carry loss").first().waitFor();
      await page.reload();
      await expect.poll(() => chosen.textContent()).toBe("pasted sums.jsonl (40 rows)");
      expect(await page.getByLabel("Separator", { exact: true }).locator("option:checked").textContent()).toBe("a space");
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("takes modules, layers and sizes from a preset, all of which can be changed", async () => {
      const { page, complaints } = await openPage(place.browser(), place.url(), wide);
      await page.goto("/runs/new");
      const preset = page.getByRole("button", { name: /^Inspect and steer/ });
      expect(await preset.getAttribute("aria-pressed")).toBe("false");
      await preset.click();
      expect(await preset.getAttribute("aria-pressed")).toBe("true");
      const isOn = (name: string) => page.getByRole("button", { name, exact: true }).getAttribute("aria-pressed");
      expect([await isOn("down_proj"), await isOn("q_proj")]).toEqual(["true", "false"]);
      const layers = page.getByLabel("Layers", { exact: true });
      // The middle of the demonstration's six.
      expect(await layers.inputValue()).toBe("2-3");
      await layers.fill("4");
      await expect.poll(() => preset.getAttribute("aria-pressed")).toBe("false");
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("folds sizes and training under their present values on a phone, and shows them where there is room", async () => {
      const { page, complaints } = await openPage(place.browser(), place.url(), narrow);
      await page.goto("/runs/new");
      const [line, steps] = [page.getByText(/^500 steps of 8 rows/), page.getByLabel("Steps", { exact: true })];
      await line.waitFor();
      expect(await steps.isVisible()).toBe(false);
      await line.click();
      await steps.fill("70");
      await page.getByText(/^70 steps of 8 rows/).waitFor();
      await page.reload();
      await page.setViewportSize(wide);
      await expect.poll(() => steps.inputValue()).toBe("70");
      await page.getByText(/^70 steps of 8 rows/).waitFor({ state: "hidden" });
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
