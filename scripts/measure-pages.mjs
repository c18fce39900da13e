// How heavy and how fast pages are on a cold load: `node scripts/measure-pages.mjs ADDRESS [PATH ...]`, of a running Stanscope, with the browser that
// STANSCOPE_CHROMIUM names. Without a path it loads the first page and the table of latents of the newest run that has one.
import { chromium } from "playwright-core";

const loads = 5;
const [address, ...given] = process.argv.slice(2);
if (address === undefined) throw new Error("Name the address of a running Stanscope: node scripts/measure-pages.mjs http://127.0.0.1:3000");
const executablePath = process.env.STANSCOPE_CHROMIUM;
if (!executablePath) throw new Error("Set STANSCOPE_CHROMIUM to the path of a Chromium.");

const paths = given.length > 0 ? given : ["/", await tableOfLatents()];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  for (const path of paths) {
    const cold = [];
    for (let load = 0; load < loads; load++) cold.push(await loadCold(path));
    const [{ scripts, bytes }] = cold;
    const seconds = median(cold.map(({ shownMs }) => shownMs)) / 1000;
    console.log(`${path}: ${scripts} scripts, ${(bytes / 1024).toFixed(1)} KiB compressed; LCP ${seconds.toFixed(2)} s`);
  }
} finally {
  await browser.close();
}

/** The path of the newest run's table of latents, of those that have a collection. */
async function tableOfLatents() {
  const { runs } = await (await fetch(new URL("/api/runs", address))).json();
  for (const { id } of runs) {
    const { collections } = await (await fetch(new URL(`/api/runs/${id}/collections`, address))).json();
    if (collections.some(({ status }) => status === "finished")) return `/runs/${id}/latents`;
  }
  throw new Error("No run has statistics of its latents yet: start the demonstration first, or name the paths.");
}

/** Loads a page without a cache. @returns the scripts that came with it, and when its largest element was drawn */
async function loadCold(path) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const isScript = new Set();
  let bytes = 0;
  session.on("Network.responseReceived", ({ requestId, type }) => type === "Script" && isScript.add(requestId));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (isScript.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(new URL(path, address).href, { waitUntil: "load" });
  const shownMs = await page.evaluate(largestContentfulPaint);
  await context.close();
  return { scripts: isScript.size, bytes, shownMs };
}

/** The newest such paint once the page is idle: nothing larger comes after it without a person. */
async function largestContentfulPaint() {
  await new Promise((resolve) => requestIdleCallback(resolve));
  return new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({
      type: "largest-contentful-paint",
      buffered: true,
    });
  });
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
