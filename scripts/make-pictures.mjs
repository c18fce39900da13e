#!/usr/bin/env node
// The README's pictures, from a running Stanscope with the browser that STANSCOPE_CHROMIUM names (Debian's otherwise):
//   node scripts/make-pictures.mjs ADDRESS stills RUN [PROMPT]    latents.webp, latent.webp and steer.webp of that run, each light and dark
//   node scripts/make-pictures.mjs ADDRESS film [PROMPT]          main-job.webp, on an empty data folder: the demonstration, a latent, a steered text
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { takeFilm } from "./pictures/film.mjs";
import { takeStills } from "./pictures/stills.mjs";

const usage = "node scripts/make-pictures.mjs ADDRESS stills RUN [PROMPT] | film [PROMPT]";
const [address, what, ...rest] = process.argv.slice(2);
if (address === undefined || (what !== "stills" && what !== "film") || (what === "stills" && rest[0] === undefined)) throw new Error(usage);

const folder = fileURLToPath(new URL("../docs/pictures", import.meta.url));
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.STANSCOPE_CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const place = { browser, address, folder };
  if (what === "stills") await takeStills(place, { runId: rest[0], prompt: rest[1] });
  else await takeFilm(place, { prompt: rest[0] });
} finally {
  await browser.close();
}
