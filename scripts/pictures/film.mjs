import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Camera } from "./camera.mjs";
import { ask, generate, suggestedLatent, until, usualPrompt, whenWhole } from "./product.mjs";

const size = { width: 1200, height: 750 };
/** How long the whole is shown, and the part of it in which the training is seen; our choice. */
const lengthMs = 60_000;
const trainingMs = 14_000;
/** Pictures that are kept of the training, evenly over its steps. */
const trainingFrames = 14;

/**
 * The main job as an animated picture: the demonstration is started and trains, its latents are listed, one is read, and a text is steered by it. The data
 * folder of the running Stanscope has to be empty.
 *
 * @param {{ browser: import("playwright-core").Browser, address: string, folder: string }} place
 * @param {{ prompt?: string }} of
 */
export async function takeFilm({ browser, address, folder }, { prompt = usualPrompt }) {
  const context = await browser.newContext({ viewport: size, colorScheme: "light", reducedMotion: "reduce", baseURL: address });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const camera = new Camera(page);
  const runId = await train({ page, camera, address });
  await readLatents({ page, camera, runId });
  await steer({ page, camera, address, runId, prompt });
  const film = await camera.develop(lengthMs);
  const file = join(folder, "main-job.webp");
  writeFileSync(file, film);
  console.log(`${file}: ${camera.count} frames, ${(film.byteLength / 2 ** 20).toFixed(2)} MiB`);
  await context.close();
}

/** From the button of the demonstration until its STAN run has measured latents. @returns its id */
async function train({ page, camera, address }) {
  await page.goto("/");
  await whenWhole(page);
  await camera.say("1  Train: a demonstration adapts a small model to six domains of text");
  await camera.hold(3500);
  await camera.press(page.getByRole("button", { name: "Start the demonstration" }));
  const runId = await until(async () => {
    const { runs } = await ask(address, "/api/runs");
    return runs.find(({ method, step }) => method === "stan" && step > 0)?.id;
  });
  await whenWhole(page);
  await camera.hold(3000);
  await page.goto(`/runs/${runId}`);
  await whenWhole(page);
  await camera.say("1  Train: loss and the health of the latents, live");
  await camera.follow({
    look: async () => (await ask(address, `/api/runs/${runId}`)).run,
    shareOf: ({ step, steps }) => step / steps,
    isOver: ({ status }) => status === "finished",
    frames: trainingFrames,
    lengthMs: trainingMs,
  });
  await until(async () => {
    const { collections } = await ask(address, `/api/runs/${runId}/collections`);
    return collections.some(({ status }) => status === "finished");
  });
  await until(async () => {
    const { work } = await ask(address, "/api/work?kind=measurement");
    return work.some(({ state, runId: of }) => of === runId && state === "finished");
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
  await camera.say("2  Latents: what each fires at, how often, and what ablating it costs");
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
