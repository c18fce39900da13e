import { launchBrowser, openPage, policyViolations } from "./browser";

export const demonstrationMs = 600_000;

/** Starts the demonstration in one click, waits until it has latents to read, and opens them. @returns what was complained of on the way */
export async function firstVisit(url: string): Promise<string[]> {
  const browser = await launchBrowser();
  try {
    // A browser that draws without a graphics card would take a tenth of the training's time for what moves on the page meanwhile.
    const { page, complaints } = await openPage(browser, url, { width: 1440, height: 900 }, { reducedMotion: "reduce" });
    await page.goto("/");
    await page.getByRole("button", { name: "Start the demonstration" }).click();
    await page.getByText("Train STAN").waitFor();
    await page.getByText("The demonstration is ready").waitFor({ timeout: demonstrationMs });
    await page.getByRole("link", { name: "Browse latents" }).click();
    await page.locator('a[href*="/latents/"]').first().waitFor();
    return [...complaints, ...policyViolations.splice(0)];
  } finally {
    await browser.close();
  }
}
