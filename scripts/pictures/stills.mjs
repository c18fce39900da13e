import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { generate, suggestedLatent, usualPrompt, warmUp, whenWhole } from "./product.mjs";

const size = { width: 1440, height: 900 };
/** Pixels of the pictures for one of the page, for fine screens. */
const deviceScaleFactor = 2;

/**
 * The pictures of the tour in the README, `NAME.webp` light and `NAME-dark.webp` dark.
 *
 * @param {{ browser: import("playwright-core").Browser, address: string, folder: string }} place
 * @param {{ runId: string, prompt?: string, latent?: string }} of the latent as `MODULE/INDEX`; the first that Steer suggests otherwise
 */
export async function takeStills({ browser, address, folder }, { runId, prompt = usualPrompt, latent: wanted }) {
  const latent = await suggestedLatent(address, runId, wanted);
  const run = `/runs/${encodeURIComponent(runId)}`;
  const search = new URLSearchParams({ prompt, edit: latent.edit });
  const pages = {
    latents: `${run}/latents`,
    latent: `${run}/latents/${encodeURIComponent(latent.module)}/${latent.index}`,
    steer: `${run}/steer?${search}`,
  };
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const context = await browser.newContext({ viewport: size, deviceScaleFactor, colorScheme, reducedMotion: "reduce", baseURL: address });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await warmUp(page);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await whenWhole(page);
      if (name === "steer") await generate(page);
      await whenWhole(page);
      const file = join(folder, `${name}${colorScheme === "dark" ? "-dark" : ""}.webp`);
      const picture = await sharp(await page.screenshot())
        .webp({ quality: 82, effort: 6, smartSubsample: true })
        .toBuffer();
      writeFileSync(file, picture);
      console.log(`${file}: ${Math.round(picture.byteLength / 1024)} KiB`);
    }
    await context.close();
  }
}
