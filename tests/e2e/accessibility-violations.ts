import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { narrow, patient, wide } from "./open-latents";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The part of axe's answer that is read here. */
type Found = { violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[] };

/** How a page is shown to axe. */
export type Look = readonly [colorScheme: "light" | "dark", size: { readonly width: number; readonly height: number }];
export const onDesk: readonly Look[] = [
  ["light", wide],
  ["dark", wide],
];
export const onPhone: readonly Look[] = [["light", narrow]];
const everywhere: readonly Look[] = [...onDesk, ...onPhone];
/** The widest window in which pages stack. */
const between = { width: 720, height: 900 };

/** Expects axe to find nothing wrong with a page in any of these looks; reports what it finds in each. @param what names what is open over the page */
export async function expectAccessible(page: Page, looks: readonly Look[] = everywhere, what = "the page"): Promise<void> {
  for (const [colorScheme, size] of looks) {
    if (page.viewportSize()?.width !== size.width) await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset["theme"]), patient).toBe(colorScheme);
    await expect.poll(() => page.locator("[aria-busy=true]").filter({ visible: true }).count(), patient).toBe(0);
    expect.soft(await accessibilityViolations(page), `${what}, ${colorScheme}, ${size.width} px wide`).toEqual([]);
  }
  if (looks !== everywhere) return;
  await page.setViewportSize(between);
  expect.soft(await accessibilityViolations(page, ["target-size"]), `${what}, ${between.width} px wide`).toEqual([]);
}

/** What axe finds wrong with a page as it is drawn now, by the elements at fault. @param runOnly rules by name; all where it is missing */
async function accessibilityViolations(page: Page, runOnly?: readonly string[]): Promise<string[]> {
  // Evaluated by the debugger: the policy of the pages lets in no script of others.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
  // An open menu is at the end of the document, outside the landmark of its button.
  const isMenuOpen = (await page.locator("[role=menu]").count()) > 0;
  const { violations } = await page.evaluate<Found>(
    `axe.run(${JSON.stringify({ rules: { region: { enabled: !isMenuOpen } }, ...(runOnly === undefined ? {} : { runOnly }) })})`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = "" }) => `${id} at ${target.join(" ")}: ${failureSummary.split("\n").slice(1).join(" ").trim()}`),
  );
}
