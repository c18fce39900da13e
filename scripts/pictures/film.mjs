import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Camera } from "./camera.mjs";
import { ask, generate, suggestedLatent, until, usualPrompt, warmUp, whenWhole } from "./product.mjs";

const size = { width: 1200, height: 750 };
/** Pixels of the film for one of the page, so that text is legible on fine screens; our choice. */
const deviceScaleFactor = 1.5;
/** How long the whole is shown, and the part of it in which the training is seen; our choice. */
const lengthMs = 60_000;
const trainingMs = 14_000;
/** Pictures that are kept of the training, evenly over its steps. */
const trainingFrames = 14;

/**
 * The main job as an animated picture: a run is set up as another was and trains, its latents are listed, one is read, and a text is steered by it.
 *
 * @param {{ browser: import("playwright-core").Browser, address: string, folder: string }} place
 * @param {{ runId: string, prompt?: string }} of the run whose settings it takes
 */
export async function takeFilm({ browser, address, folder }, { runId: like, prompt = usualPrompt }) {
  const context = await browser.newContext({
    ...{ viewport: size, deviceScaleFactor, colorScheme: "light", reducedMotion: "reduce", baseURL: address },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  await warmUp(page);
  const camera = new Camera(page);
  const runId = await train({ page, camera, address, like });
  await readLatents({ page, camera, runId });
  await steer({ page, camera, address, runId, prompt });
  const film = await camera.develop(lengthMs);
  const file = join(folder, "main-job.webp");
  writeFileSync(file, film);
  console.log(`${file}: ${camera.count} frames, ${(film.byteLength / 2 ** 20).toFixed(2)} MiB`);
  await context.close();
}

/** From the form until the run's latents are collected. @returns its id */
async function train({ page, camera, address, like }) {
  const { run } = await ask(address, `/api/runs/${like}`);
  await page.goto(`/runs/new?from=${encodeURIComponent(like)}`);
  await whenWhole(page);
  await camera.say(`1  Train: ${run.modelName}, on the demonstration corpus`);
  await camera.hold(3000);
  await page.getByRole("button", { name: /^Inspect and steer/ }).scrollIntoViewIfNeeded();
  await whenWhole(page);
  await camera.hold(2500);
  await camera.press(page.getByRole("button", { name: "Start", exact: true }));
  await page.waitForURL(/\/runs\/(?!new)[^/?]+$/);
  const runId = decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1) ?? "");
  await whenWhole(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await camera.say("1  Train: loss and the health of the latents, live");
  await camera.follow({
    look: async () => (await ask(address, `/api/runs/${runId}`)).run,
    shareOf: ({ step, steps }) => step / steps,
    isOver: ({ status }) => ["finished", "failed", "cancelled", "stopped"].includes(status),
    frames: trainingFrames,
    lengthMs: trainingMs,
  });
  await until(async () => {
    const { collections } = await ask(address, `/api/runs/${runId}/collections`);
    return collections.some(({ status }) => status === "finished");
  });
  return runId;
}

/** From the table to a latent's page, down to its examples. */
async function readLatents({ page, camera, runId }) {
  await page.reload();
  await whenWhole(page);
  await camera.press(
    page
      .getByRole("navigation", { name: "Run" })
      .getByRole("link", { name: /Latents/ })
      .first(),
  );
  const first = page.locator('tr[aria-rowindex="2"] a[href*="/latents/"]');
  await first.waitFor();
  await whenWhole(page);
  await camera.say("2  Latents: where each fires, how often, and how much of the update it writes");
  await camera.hold(4000);
  await camera.press(first);
  await page.waitForURL(new RegExp(`/runs/${runId}/latents/.+/\\d+`));
  await page.getByText("Activations when firing").waitFor();
  await whenWhole(page);
  await camera.say("3  One latent: its activations, tokens and examples");
  await camera.hold(4000);
  // Over the page itself, beside the list of latents.
  await page.mouse.move(size.width / 2, size.height / 2);
  for (let screen = 0; screen < 3; screen++) {
    await page.mouse.wheel(0, 330);
    await sleep(400);
    await camera.hold(1600);
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  await camera.press(page.getByRole("link", { name: "Steer", exact: true }).last());
}

/** From the latent's edit to the texts side by side. */
async function steer({ page, camera, address, runId, prompt }) {
  const { value } = await suggestedLatent(address, runId);
  await page.getByRole("button", { name: "Run ⌃↵" }).waitFor();
  await whenWhole(page);
  await camera.say("4  Steer: clamp the latent and compare the texts");
  await camera.hold(2000);
  await page.getByLabel("Prompt", { exact: true }).fill(prompt);
  await camera.hold(1500);
  const operation = page.getByLabel("Operation", { exact: true }).first();
  await camera.pointAt(operation);
  await operation.selectOption("clamp");
  await page.getByLabel("Activation", { exact: true }).first().fill(String(value));
  await page.getByLabel("Activation", { exact: true }).first().blur();
  await whenWhole(page);
  await camera.hold(2500);
  await camera.pointAt(page.getByRole("button", { name: "Run ⌃↵" }));
  await camera.hold(800);
  await generate(page);
  await whenWhole(page);
  await camera.say("4  Steer: base model, adapter and edited adapter, token by token");
  await camera.hold(7000);
}
