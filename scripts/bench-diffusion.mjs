// One task over a diffusion model of our side of the bench: `node scripts/bench-diffusion.mjs FOLDER TASK REPEATS`.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/bench/diffusion.ts");
