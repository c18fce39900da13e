import { describe, expect, it } from "vitest";
import { openPage } from "@/tests/e2e/browser";
import { describeComparison } from "@/tests/e2e/comparison";
import { openDemonstration, trainedDemonstration } from "@/tests/e2e/demonstration";
import { demonstrationMs } from "@/tests/e2e/first-visit";
import { wide } from "@/tests/e2e/open-latents";
import { describeTour } from "@/tests/e2e/tour";

const place = openDemonstration();

describe("a first visit", () => {
  it("starts the demonstration in one click and ends with latents to read", { timeout: demonstrationMs }, async () => {
    expect((await trainedDemonstration()).complaints).toEqual([]);
  });

  it("shows what both trainings reached, better than the base model", async () => {
    const { page } = await openPage(place.browser(), place.url(), wide);
    await page.goto("/");
    const rows = page.locator("tr[data-run]");
    await rows.first().waitFor();
    expect(await rows.count()).toBe(2);
    for (const text of await rows.allInnerTexts()) expect(text).toMatch(/−\d\.\d{3}\s±\s\d\.\d{3}/);
    await page.context().close();
  });

  it("edits a latent and reads what the model writes then", async () => {
    const { page, complaints } = await openPage(place.browser(), place.url(), wide);
    await place.openRun(page, /STAN/);
    await page
      .getByRole("navigation", { name: "Run" })
      .getByRole("link", { name: /Latents/ })
      .click();
    await page.locator('a[href*="/latents/"]').first().click();
    await page.locator('a[href*="/steer?"]').first().click();
    await page.getByLabel("Prompt", { exact: true }).fill("A shop sells apples at 4 dollars each.");
    await page.getByRole("button", { name: "Run ⌃↵" }).click();
    const arms = page.locator("article");
    await expect.poll(() => arms.count()).toBe(3);
    await expect.poll(() => page.locator('article[aria-busy="true"]').count(), { timeout: 60_000 }).toBe(0);
    for (const text of await arms.locator("p").allInnerTexts()) expect(text.trim().length).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describeComparison(place);
describeTour(place);
