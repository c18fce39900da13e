// The memory of accumulators, for the bench: `node scripts/bench-accumulators.mjs TOKENS`.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/bench/accumulators.ts");
