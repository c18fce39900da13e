import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser, untilItListens } from "./browser";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

it("a page takes no keys until React has taken over every control", async () => {
  const page = await browser.newPage();
  await page.setContent("<button>Run</button>");
  let isListening = false;
  const listens = untilItListens(page).then(() => {
    isListening = true;
  });
  await page.waitForTimeout(500);
  expect(isListening).toBe(false);
  await page.locator("button").evaluate((button) => Object.assign(button, { __reactProps$1: {} }));
  await listens;
});
