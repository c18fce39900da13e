import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Our bar for the sum of a page's layout shifts; Web Vitals call up to 0.1 good. */
const mostShift = 0.02;

type Shifts = { readonly sum: number; readonly moved: readonly string[] };

/**
 * Loads a page in the order of a slow network, whatever the machine's speed: first what the server drew, without scripts and fonts; once that is painted,
 * both; once the page takes input, what it fetches.
 *
 * @returns reads the sum of its layout shifts so far, and what moved
 */
export async function loadInParts(page: Page, path: string): Promise<() => Promise<Shifts>> {
  const [painted, ready] = [gate(), gate()];
  await page.addInitScript(addUpShifts);
  await page.route(/\/_next\/static\/.*\.(js|woff2)(\?|$)/, async (route) => {
    await painted.opened;
    await route.continue();
  });
  await page.route(/\/api\/(?!events)[^?]/, async (route) => {
    if (route.request().isNavigationRequest()) return route.continue();
    await ready.opened;
    await route.continue();
  });
  const loaded = page.goto(path, { waitUntil: "load" });
  await page.getByRole("main").filter({ visible: true }).first().waitFor();
  await page.locator('div[hidden][id^="S:"]').first().waitFor({ state: "detached" });
  await page.evaluate(twoFrames);
  painted.open();
  await loaded;
  await page.evaluate(twoFrames);
  ready.open();
  return async () => {
    await page.evaluate(twoFrames);
    return page.evaluate(() => Reflect.get(window, "shifts") as Shifts);
  };
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Runs in the page. */
function addUpShifts(): void {
  const shifts: { sum: number; moved: string[] } = { sum: 0, moved: [] };
  Reflect.set(window, "shifts", shifts);
  type Source = { readonly node: Node | null; readonly previousRect: DOMRect; readonly currentRect: DOMRect };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      shifts.sum += Number(Reflect.get(entry, "value"));
      for (const { node, previousRect, currentRect } of Reflect.get(entry, "sources") as Source[])
        shifts.moved.push(
          `${node?.textContent?.slice(0, 40)}: y ${previousRect.y} → ${currentRect.y}, x ${previousRect.x} → ${currentRect.x}`,
        );
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** Until what has been laid out is painted. Runs in the page. */
function twoFrames(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

export function expectStill({ sum, moved }: Shifts): void {
  expect(sum, moved.join("\n")).toBeLessThan(mostShift);
}
