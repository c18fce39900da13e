import { setTimeout as sleep } from "node:timers/promises";

/** What a text is begun with where no prompt was given. */
export const usualPrompt = "The patient was";
/** At how many times its 99th percentile a latent is clamped; our choice. */
const timesP99 = 1;

/**
 * What a route of the running product answers.
 *
 * @param {string} address
 * @param {string} path
 */
export async function ask(address, path) {
  const answer = await fetch(new URL(path, address));
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${(await answer.text()).slice(0, 400)}`);
  return answer.json();
}

/** Asks again until there is something. @param {() => Promise<unknown>} look */
export async function until(look) {
  for (;;) {
    const found = await look();
    if (found) return found;
    await sleep(1000);
  }
}

/**
 * The latent that the page Steer suggests first, or another, and an edit of it that can be seen: clamped at its 99th percentile.
 *
 * @param {string} address
 * @param {string} runId
 * @param {string} [wanted] as `MODULE/INDEX`
 */
export async function suggestedLatent(address, runId, wanted) {
  const { collections } = await ask(address, `/api/runs/${runId}/collections`);
  const collection = collections.find(({ status }) => status === "finished");
  if (collection === undefined) throw new Error(`Run ${runId} has no statistics of its latents yet.`);
  const selection = "state=alive&sort=readingOrder&duplicates=folded&limit=1";
  const { rows } = wanted ? { rows: [latentNamed(wanted)] } : await ask(address, `/api/collections/${collection.id}/latents?${selection}`);
  const [{ module, index }] = rows;
  const { quantiles } = await ask(address, `/api/collections/${collection.id}/latents/${encodeURIComponent(module)}/${index}`);
  const value = Number((timesP99 * quantiles.p99).toPrecision(4));
  return { module, index, value, edit: `clamp*${module}*${index}*${value}*all` };
}

function latentNamed(text) {
  const [module, index] = text.split("/");
  return { module, index: Number(index) };
}

/** Loads a page once, so that those that follow have their fonts at their first paint: what comes later is not shown. @param {import("playwright-core").Page} page */
export async function warmUp(page) {
  await page.goto("/models");
  await whenWhole(page);
}

/** Waits until a page has all its parts and takes input. @param {import("playwright-core").Page} page */
export async function whenWhole(page) {
  await page.locator('div[hidden][id^="S:"]').first().waitFor({ state: "detached" });
  await page.waitForFunction(() =>
    [...document.querySelectorAll('[aria-busy="true"], .skeleton')].every((part) => part.getClientRects().length === 0),
  );
  await page.waitForFunction(() =>
    [...document.querySelectorAll("button")].every((button) => Object.keys(button).some((key) => key.startsWith("__reactProps"))),
  );
  await page.evaluate(() => document.fonts.ready.then(() => {}));
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
}

/** Runs what the page Steer shows, and waits until every arm has ended. @param {import("playwright-core").Page} page */
export async function generate(page) {
  const answer = page.waitForResponse((response) => new URL(response.url()).pathname.endsWith("/generate"));
  await page.keyboard.press("Control+Enter");
  await (await answer).finished();
  await page.getByText(/tokens\/s over all arms/).waitFor();
}
