import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Application, startApplication } from "./application";
import { launchBrowser, policyViolations } from "./browser";
import type { DemonstrationAnswer, TrainedDemonstration } from "./demonstration-server";
import { demonstrationMs } from "./first-visit";
import type { Place } from "./open-latents";

/** Waits until the demonstration is trained, which all test files share. @throws Error when it could not be */
export async function trainedDemonstration(): Promise<TrainedDemonstration> {
  const door = createConnection(process.env["STANSCOPE_TEST_DEMONSTRATION"] ?? "");
  const answer = JSON.parse(await text(door)) as DemonstrationAnswer;
  if ("error" in answer) throw new Error(answer.error);
  return answer;
}

/**
 * A browser, and an application of the test file's own on a copy of the trained demonstration: what the file's tests add is in no other file's way. Call
 * it at the file's top level.
 */
export function openDemonstration(): Place {
  let application: Application;
  let browser: Browser;
  beforeAll(async () => {
    const { home } = await trainedDemonstration();
    [application, browser] = await Promise.all([startApplication(home), launchBrowser()]);
  }, demonstrationMs);
  afterAll(async () => {
    await browser?.close();
    await application?.stop();
  });
  afterEach(() => expect(policyViolations.splice(0)).toEqual([]));
  return { browser: () => browser, url: () => application.url, openRun };
}

async function openRun(page: Page, name: RegExp): Promise<void> {
  await page.goto("/");
  await page.locator("tr[data-run] a").filter({ hasText: name }).first().click();
  await page.getByText("as started").waitFor();
}
