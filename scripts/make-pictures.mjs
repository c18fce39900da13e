#!/usr/bin/env node
// The README's pictures, from a running Stanscope with the browser that STANSCOPE_CHROMIUM names (Debian's otherwise):
//   node scripts/make-pictures.mjs ADDRESS stills RUN [PROMPT] [MODULE/INDEX]    latents.webp, latent.webp and steer.webp of that run, each light and dark
//   node scripts/make-pictures.mjs ADDRESS film RUN [PROMPT]                     main-job.webp: a run with RUN's settings is trained, and a text steered by its first latent
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { takeFilm } from "./pictures/film.mjs";
import { takeStills } from "./pictures/stills.mjs";

const usage = "node scripts/make-pictures.mjs ADDRESS stills RUN [PROMPT] [MODULE/INDEX] | film RUN [PROMPT]";
const [address, what, runId, prompt, latent] = process.argv.slice(2);
if (address === undefined || (what !== "stills" && what !== "film") || runId === undefined) throw new Error(usage);

const folder = fileURLToPath(new URL("../docs/pictures", import.meta.url));
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.STANSCOPE_CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const place = { browser, address, folder };
  if (what === "stills") await takeStills(place, { runId, prompt, latent });
  else await takeFilm(place, { runId, prompt });
} finally {
  await browser.close();
}
