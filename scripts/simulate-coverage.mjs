// How often intervals hold the true difference: `node scripts/simulate-coverage.mjs shares|rows|seeds [SIMULATIONS] [FILTER]`.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/simulations/main.ts");
