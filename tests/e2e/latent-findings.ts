import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { untilItListens, type WatchedPage } from "./browser";
import { firstLatent, openLatents, type Place, patient, shownCount, typeIntoSearch } from "./open-latents";

/** What a person finds out about latents, from the table to a measured effect; declared inside the file that starts the application. */
export function describeLatentFindings(place: Place): void {
  describe("finding a latent", () => {
    it("begins with what is worth reading, sorts by attribution, and brushes a density with the keyboard", async () => {
      const { page, complaints } = await openLatents(place);
      const all = await shownCount(page);
      await page.getByRole("button", { name: "in reading order" }).waitFor();
      expect(await namesInTable(page)).toEqual(await namesFromServer(page, "readingOrder"));
      await page.getByRole("button", { name: "Attribution", exact: true }).click();
      await page.waitForURL(/sort=attribution/);
      const byAttribution = await namesFromServer(page, "attribution");
      await expect.poll(() => namesInTable(page), patient).toEqual(byAttribution);
      await page.getByRole("slider", { name: "Largest Density" }).focus();
      for (let press = 0; press < 3; press++) await page.keyboard.press("PageDown");
      await page.waitForURL(/ranges=density/);
      await expect.poll(() => shownCount(page), patient).toBeLessThan(all);
      expect(await shownCount(page)).toBeGreaterThan(0);
      await page.keyboard.press("Escape");
      await expect.poll(() => shownCount(page), patient).toBe(all);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("unfolds the near-duplicates under a latent, folds them again, and shows all of them in the table", async () => {
      const { page, complaints } = await openLatents(place);
      const all = await shownCount(page);
      const fold = page.getByRole("button", { name: /^Show \d+ near-duplicates? of L/ }).first();
      const words = (await fold.getAttribute("title")) ?? "";
      const folded = Number.parseInt(words, 10);
      const rowCount = async () => Number(await page.locator("table[aria-rowcount]").getAttribute("aria-rowcount"));
      const before = await rowCount();
      await fold.click();
      // Of a long list only those in sight are drawn.
      const duplicates = page.locator("td", { hasText: "Near-duplicate:" });
      await expect.poll(() => duplicates.count(), patient).toBeGreaterThan(0);
      expect(await rowCount()).toBe(before + folded);
      await page.getByRole("button", { name: `Hide ${words}` }).click();
      await expect.poll(() => duplicates.count(), patient).toBe(0);
      expect(await rowCount()).toBe(before);
      await page.getByRole("button", { name: /^\+[\d\u00a0]+ near-duplicates$/ }).click();
      await page.waitForURL(/duplicates=shown/);
      await expect.poll(() => shownCount(page), patient).toBeGreaterThan(all);
      await page.getByRole("button", { name: "Fold near-duplicates" }).click();
      await expect.poll(() => shownCount(page), patient).toBe(all);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("searches a token, and downloads what is left as CSV and Parquet", async () => {
      const { page, complaints } = await openLatents(place);
      const all = await shownCount(page);
      await typeIntoSearch(page, page.getByPlaceholder("Token or label"), "And");
      await page.waitForURL(/search=And/);
      await expect.poll(() => shownCount(page), patient).toBeLessThan(all);
      const count = await shownCount(page);
      expect(count).toBeGreaterThan(0);
      await page.getByRole("button", { name: "Export" }).click();
      const csv = (await download(page, "CSV")).toString("utf8");
      expect(csv.match(/^model\.[\w.]+,\d+,\d+,/gm)).toHaveLength(count);
      const parquet = await download(page, "Parquet");
      expect([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()]).toEqual(["PAR1", "PAR1"]);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("by the label that it was given, until the label is taken away", async () => {
      const { page, complaints } = await openLatents(place);
      await firstLatent(page).click();
      const label = page.getByLabel("Label", { exact: true });
      await label.fill("zebra crossings");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByText("by hand", { exact: true }).waitFor();
      const latent = new URL(page.url()).pathname;
      await page.keyboard.press("Escape");
      await page.getByPlaceholder("Token or label").fill("zebra");
      await expect.poll(() => shownCount(page), patient).toBe(1);
      await expect.poll(async () => (await firstLatent(page).getAttribute("href"))?.split("?")[0], patient).toBe(latent);
      await firstLatent(page).click();
      expect(await label.inputValue()).toBe("zebra crossings");
      await label.fill("");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByText("none yet", { exact: true }).waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  describe("reading a latent", () => {
    it("goes through its bands by key, opens a quiet window, and follows a related latent", async () => {
      const { page, complaints } = await openSeldomLatent(place);
      await page.getByText("Activations when firing").waitFor();
      await untilItListens(page);
      for (const key of ["1", "2", "3", "4", "5"]) {
        await page.keyboard.press(key);
        await page.waitForURL(new RegExp(`band=${key}`));
        await expect.poll(() => page.locator("section h3 kbd").first().textContent(), patient).toBe(key);
      }
      await page.getByRole("button", { name: /non-firing windows? of matched length/ }).click();
      const quiet = page
        .locator("section")
        .filter({ has: page.getByRole("heading", { name: /^Never fires here/ }) })
        .last();
      await quiet.getByRole("button", { name: "The whole window" }).first().click();
      await quiet.getByRole("button", { name: "Whole document" }).click();
      await quiet.getByText(/^Row [\d\u00a0]+.* tokens\. Activations are stored/).waitFor();
      const related = page
        .locator("section")
        .filter({ has: page.getByRole("heading", { name: "Related latents" }) })
        .last();
      await related.getByRole("button", { name: "Fires with" }).click();
      await related.getByText(/sampled positions/).waitFor();
      for (const relation of ["Encoder", "Decoder"]) {
        await related.getByRole("button", { name: relation }).click();
        await related.getByText(new RegExp(`^Cosine of ${relation.toLowerCase()}`)).waitFor();
      }
      const next = (await related.locator("a").first().getAttribute("href"))?.split("?")[0] ?? "";
      await related.locator("a").first().click();
      await page.waitForURL((address) => address.pathname === next);
      const [module = "", index = ""] = next.split("/").slice(-2);
      await page.getByRole("heading", { name: new RegExp(`^L\\d+ \\S+ #${index}$`) }).waitFor();
      await page.getByText(decodeURIComponent(module), { exact: true }).first().waitFor();
      await page.getByText("Firings", { exact: true }).first().waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it("measures what one does that fires seldom", async () => {
      const { page, complaints } = await openSeldomLatent(place);
      await page.getByRole("button", { name: "Measure", exact: true }).click();
      await page.getByRole("heading", { name: "Δ loss, ablated" }).waitFor();
      await page.getByText("slot left empty", { exact: true }).waitFor();
      await page.getByText("slot refilled", { exact: true }).waitFor();
      await page
        .getByText(/nats per firing/)
        .first()
        .waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  it("the components of LoRA are read as latents are, but for what needs a TopK", async () => {
    const { page, complaints } = await openLatents(place, /LoRA r=/);
    expect(await shownCount(page)).toBeGreaterThan(0);
    await page.getByRole("button", { name: "in reading order" }).waitFor();
    await firstLatent(page).click();
    await page.getByText("Activations by sign").waitFor();
    await page.getByRole("heading", { name: "Related components" }).waitFor();
    await page.getByRole("link", { name: "Steer", exact: true }).last().click();
    await page.getByLabel("Operation").first().waitFor();
    expect(await page.getByLabel("Operation").first().locator("option").allInnerTexts()).toEqual([
      "ablate",
      "scale",
      "clamp",
      "min clamp",
      "add",
      "isolate",
      "module off",
    ]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}

/** A latent that fires at one token in a thousand: it has quiet windows, and is measured in seconds. */
async function openSeldomLatent(place: Place): Promise<WatchedPage> {
  const opened = await openLatents(place);
  const { page } = opened;
  await page.goto(`${new URL(page.url()).pathname}?sort=density&order=asc&ranges=density:0.001..0.01`);
  await firstLatent(page).click();
  return opened;
}

/** How many rows at the head of the table are compared with the server's. */
const compared = 5;

/** `module/index` of the first rows, as their links say it. */
async function namesInTable(page: Page): Promise<string[]> {
  const hrefs = await page
    .locator('tr[aria-rowindex] a[href*="/latents/"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  return hrefs.slice(0, compared).map((href) => decodeURIComponent(/\/latents\/([^?]+)/.exec(href)?.[1] ?? ""));
}

/** The same, asked of the newest collection of the run that the page shows. */
async function namesFromServer(page: Page, sort: string): Promise<string[]> {
  const run = /\/runs\/([^/]+)/.exec(page.url())?.[1] ?? "";
  const { collections } = await (await page.request.get(`/api/runs/${run}/collections`)).json();
  const answer = await page.request.get(`/api/collections/${collections[0].id}/latents?sort=${sort}&duplicates=folded&limit=${compared}`);
  const { rows } = (await answer.json()) as { rows: { module: string; index: number }[] };
  return rows.map(({ module, index }) => `${module}/${index}`);
}

/** What the link of that name in the open menu answers. */
async function download(page: Page, name: string): Promise<Buffer> {
  const href = await page.getByRole("menuitem", { name, exact: true }).getAttribute("href");
  const answer = await page.request.get(href ?? "");
  expect(answer.status()).toBe(200);
  return answer.body();
}
