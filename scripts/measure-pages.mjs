// How heavy and how fast pages are on a cold load: `node scripts/measure-pages.mjs ADDRESS [--slow] [PATH ...]`, of a running Stanscope, with the browser
// that STANSCOPE_CHROMIUM names. Without a path it loads the pages of the newest run with statistics and the lists; --slow is a network of 150 kB/s with
// 400 ms before each answer.
import { chromium } from "playwright-core";

const loads = 3;
const slowNetwork = { offline: false, latency: 400, downloadThroughput: 150_000, uploadThroughput: 150_000 };
const options = process.argv.slice(2);
const isSlow = options.includes("--slow");
const [address, ...given] = options.filter((option) => option !== "--slow");
if (address === undefined) throw new Error("Name the address of a running Stanscope: node scripts/measure-pages.mjs http://127.0.0.1:3000");
const executablePath = process.env.STANSCOPE_CHROMIUM;
if (!executablePath) throw new Error("Set STANSCOPE_CHROMIUM to the path of a Chromium.");

const paths = given.length > 0 ? given : await usualPaths();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  console.log("requests  scripts KiB  all KiB  heading s  rows s  whole s  LCP s  shift  page");
  for (const path of paths) {
    const cold = [];
    for (let load = 0; load < loads; load++) cold.push(await loadCold(path));
    const of = (part) => median(cold.map((load) => load[part] ?? Number.NaN));
    const seconds = (part) => (Number.isNaN(of(part)) ? "–" : (of(part) / 1000).toFixed(2));
    const cells = [
      [of("requests"), 8],
      [(of("scriptBytes") / 1024).toFixed(1), 12],
      [(of("bytes") / 1024).toFixed(1), 8],
      [seconds("headingMs"), 10],
      [seconds("rowsMs"), 7],
      [seconds("wholeMs"), 8],
      [seconds("largestMs"), 6],
      [of("shift").toFixed(3), 6],
    ];
    console.log(`${cells.map(([value, width]) => String(value).padStart(width)).join(" ")}  ${path}`);
  }
} finally {
  await browser.close();
}

/** The lists, and the pages of the newest run that has a collection. */
async function usualPaths() {
  const { runs } = await (await fetch(new URL("/api/runs", address))).json();
  for (const { id } of runs) {
    const { collections } = await (await fetch(new URL(`/api/runs/${id}/collections`, address))).json();
    const collection = collections.find(({ status }) => status === "finished");
    if (collection === undefined) continue;
    const { rows } = await (await fetch(new URL(`/api/collections/${collection.id}/latents?limit=1`, address))).json();
    const run = `/runs/${id}`;
    const latent = `${run}/latents/${encodeURIComponent(rows[0].module)}/${rows[0].index}`;
    const ofRun = [run, `${run}/latents`, latent, `${run}/text`, `${run}/steer`, `${run}/benchmarks`];
    const others = runs.filter((other) => other.id !== id).map((other) => other.id);
    const compare = `/compare?runs=${[id, ...others.slice(0, 1)].join(",")}`;
    return ["/", ...ofRun, compare, "/runs/new", "/jobs", "/models", "/data", "/experiments", "/api"];
  }
  throw new Error("No run has statistics of its latents yet: start the demonstration first, or name the paths.");
}

/** Loads a page without a cache, and waits until it asks for nothing more. @returns what was transferred, and when what was visible */
async function loadCold(path) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watchFrames);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  if (isSlow) await session.send("Network.emulateNetworkConditions", slowNetwork);
  const types = new Map();
  const sizes = new Map();
  session.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    if (request.url.startsWith("http")) types.set(requestId, type);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await page.goto(new URL(path, address).href, { waitUntil: "load", timeout: 120_000 });
  await untilQuiet(() => types.size + sizes.size);
  const bytesOf = (isWanted) => [...sizes].reduce((sum, [id, size]) => sum + (types.has(id) && isWanted(types.get(id)) ? size : 0), 0);
  const seen = await page.evaluate(largestPaint);
  await context.close();
  return { requests: types.size, scriptBytes: bytesOf((type) => type === "Script"), bytes: bytesOf(() => true), ...seen };
}

/** Waits until a count has not changed for as long as a slow answer takes. */
async function untilQuiet(count) {
  for (let [last, still] = [-1, 0]; still < 10; ) {
    still = count() === last ? still + 1 : 0;
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Notes in which frame a heading and the first row of a table are visible, and no part is waiting any more. Runs in the page. */
function watchFrames() {
  const noted = {};
  window.noted = noted;
  const isVisible = (element) => element.getClientRects().length > 0;
  const isThere = (selector) => [...document.querySelectorAll(selector)].some(isVisible);
  const watch = (now) => {
    if (noted.headingMs === undefined && isThere("h1")) noted.headingMs = now;
    if (noted.rowsMs === undefined && isThere("main tbody tr:not([aria-busy] *)")) noted.rowsMs = now;
    if (noted.wholeMs === undefined && isThere("main") && !isThere("[aria-busy=true]")) noted.wholeMs = now;
    if (noted.wholeMs === undefined || noted.rowsMs === undefined) requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
}

/** What was noted, the newest largest paint, and the sum of layout shifts. Runs in the page. */
async function largestPaint() {
  const entriesOf = (type) =>
    new Promise((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type, buffered: true });
      setTimeout(() => resolve([]), 200);
    });
  const largest = (await entriesOf("largest-contentful-paint")).at(-1)?.startTime;
  const shift = (await entriesOf("layout-shift")).reduce((sum, { value }) => sum + value, 0);
  return { ...window.noted, largestMs: largest, shift };
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
