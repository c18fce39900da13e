// One task over an encoder of our side of the bench: `node scripts/bench-encoder.mjs FOLDER TASK REPEATS`.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/bench/encoder.ts");
