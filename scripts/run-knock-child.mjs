// A process that reads mutated inputs: `npm run knock -- inputs` starts and ends it.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/knock/inputs/child.ts");
