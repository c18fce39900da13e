import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from "playwright-core";

/** The browser that `npm test` found. @throws Error when none is named */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env["STANSCOPE_CHROMIUM"];
  if (!executablePath) throw new Error("Set STANSCOPE_CHROMIUM to the path of a Chromium.");
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

export type WatchedPage = { page: Page /** Errors in the page, and requests that would leave the machine. */; complaints: string[] };

/** What the content security policy kept any page from doing. */
export const policyViolations: string[] = [];

/** A page that notes what must not happen on any page. */
export async function openPage(
  browser: Browser,
  url: string,
  size: { width: number; height: number },
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ ...options, viewport: size, baseURL: url });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`.trim());
    if (/Content[- ]Security[- ]Policy/i.test(message.text())) policyViolations.push(`${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    const address = request.url();
    if (/^https?:/.test(address) && !address.startsWith(url)) complaints.push(`request leaves the machine: ${address}`);
  });
  waitUntilReady(page);
  return { page, complaints };
}

/**
 * Each load waits until the page is whole and takes input. A part that the server streams is in the document twice for a moment, hidden where it arrived
 * and in its place; and what the server has drawn answers to no key before React has taken over.
 */
export function waitUntilReady(page: Page): void {
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  const isReady = async () => {
    await page.locator('div[hidden][id^="S:"]').first().waitFor({ state: "detached" });
    await untilItListens(page);
  };
  page.goto = async (...given) => {
    const response = await goto(...given);
    await isReady();
    return response;
  };
  page.reload = async (...given) => {
    const response = await reload(...given);
    await isReady();
    return response;
  };
}

/** Waits until a page takes keys: after each load, and after a link within the application before the first key is pressed. */
export async function untilItListens(page: Page): Promise<void> {
  // Not an async function: Playwright takes its promise for the answer, and waits for nothing.
  await page.waitForFunction(hasTakenOver);
  // By then React has run the effects by which pages listen to keys. A page that is never idle must not keep a test for ever.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 10_000 })));
}

/**
 * Waits until a request that is yet to be sent is over. Playwright's `Response.finished()` waits for ever where a page leaves a stream once it has read
 * the last of it: such a request ends as aborted.
 */
export async function untilOver(page: Page, isIt: (path: string) => boolean): Promise<void> {
  const predicate = (request: Request) => isIt(new URL(request.url()).pathname);
  await Promise.any([page.waitForEvent("requestfinished", predicate), page.waitForEvent("requestfailed", predicate)]);
}

/** Whether React has taken over everything that can be pressed or typed into. */
function hasTakenOver(): boolean {
  const controls = [...document.querySelectorAll("button, input, select, textarea")];
  return controls.every((control) => Object.keys(control).some((key) => key.startsWith("__reactProps")));
}
