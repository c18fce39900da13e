import type { Browser, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { openPage, untilItListens, type WatchedPage } from "./browser";

export const wide = { width: 1440, height: 900 };
export const narrow = { width: 390, height: 844 };
export const patient = { timeout: 20_000 };

/** What the tests of latents have of the file that starts the application. */
export type Place = {
  readonly browser: () => Browser;
  readonly url: () => string;
  /** Opens the run of that name from the list of runs. */
  readonly openRun: (page: Page, name: RegExp) => Promise<void>;
};

/** The table of latents of the demonstration's run of that method. */
export async function openLatents({ browser, url, openRun }: Place, name = /STAN M=/): Promise<WatchedPage> {
  const opened = await openPage(browser(), url(), wide);
  await openRun(opened.page, name);
  await opened.page
    .getByRole("navigation", { name: "Run" })
    .getByRole("link", { name: /Latents/ })
    .click();
  await firstLatent(opened.page).waitFor();
  await untilItListens(opened.page);
  return opened;
}

/** Presses `/` and types, once the field that the key leads to has the focus. */
export async function typeIntoSearch(page: Page, field: Locator, text: string): Promise<void> {
  await page.keyboard.press("/");
  await expect.poll(() => field.evaluate((element) => element === document.activeElement), patient).toBe(true);
  await page.keyboard.type(text);
}

export function firstLatent(page: Page) {
  return page.locator('tr[aria-rowindex="2"] a[href*="/latents/"]');
}

/** How many latents the filters let through, as the page says it. */
export async function shownCount(page: Page): Promise<number> {
  const text = (await page.getByText(/^[\d\u00a0]+ of [\d\u00a0]+ (latents|components)$/).textContent()) ?? "";
  return Number((text.split(" of ")[0] ?? "").replaceAll("\u00a0", ""));
}

export async function expectNoOverflow(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}
