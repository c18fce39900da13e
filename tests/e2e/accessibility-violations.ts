import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The part of axe's answer that is read here. */
type Found = { violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[] };

/** What axe finds wrong with a page as it is drawn now, by the elements at fault. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the policy of the pages lets in no script of others.
  await page.evaluate(axe);
  const { violations } = await page.evaluate<Found>("axe.run()");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = "" }) => `${id} at ${target.join(" ")}: ${failureSummary.split("\n").slice(1).join(" ").trim()}`),
  );
}
