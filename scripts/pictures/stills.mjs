import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { generate, suggestedLatent, usualPrompt, whenWhole } from "./product.mjs";

const size = { width: 1440, height: 900 };

/**
 * The pictures of the tour in the README, `NAME.webp` light and `NAME-dark.webp` dark.
 *
 * @param {{ browser: import("playwright-core").Browser, address: string, folder: string }} place
 * @param {{ runId: string, prompt?: string }} of
 */
export async function takeStills({ browser, address, folder }, { runId, prompt = usualPrompt }) {
  const latent = await suggestedLatent(address, runId);
  const run = `/runs/${encodeURIComponent(runId)}`;
  const search = new URLSearchParams({ prompt, edit: latent.edit });
  const pages = {
    latents: `${run}/latents`,
    latent: `${run}/latents/${encodeURIComponent(latent.module)}/${latent.index}`,
    steer: `${run}/steer?${search}`,
  };
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const context = await browser.newContext({ viewport: size, colorScheme, reducedMotion: "reduce", baseURL: address });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await whenWhole(page);
      if (name === "steer") await generate(page);
      await whenWhole(page);
      const file = join(folder, `${name}${colorScheme === "dark" ? "-dark" : ""}.webp`);
      const picture = await sharp(await page.screenshot())
        .webp({ nearLossless: true, quality: 60 })
        .toBuffer();
      writeFileSync(file, picture);
      console.log(`${file}: ${Math.round(picture.byteLength / 1024)} KiB`);
    }
    await context.close();
  }
}
