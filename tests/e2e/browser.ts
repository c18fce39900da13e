import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

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
    if (message.type() === "error") complaints.push(message.text());
    if (/Content[- ]Security[- ]Policy/i.test(message.text())) policyViolations.push(`${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    const address = request.url();
    if (/^https?:/.test(address) && !address.startsWith(url)) complaints.push(`request leaves the machine: ${address}`);
  });
  waitForStreamedParts(page);
  return { page, complaints };
}

/** A part that the server streams is in the document twice for a moment: hidden where it arrived, and in its place. Each load waits until it is there once. */
function waitForStreamedParts(page: Page): void {
  const inPlace = () => page.locator('div[hidden][id^="S:"]').first().waitFor({ state: "detached" });
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (...given) => {
    const response = await goto(...given);
    await inPlace();
    return response;
  };
  page.reload = async (...given) => {
    const response = await reload(...given);
    await inPlace();
    return response;
  };
}
