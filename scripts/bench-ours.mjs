// One task of our side of the bench: `node scripts/bench-ours.mjs FOLDER TASK REPEATS`.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/bench/ours.ts");
