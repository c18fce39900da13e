// One task over a vision encoder of our side of the bench: `node scripts/bench-images.mjs FOLDER TASK REPEATS`.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/bench/images.ts");
