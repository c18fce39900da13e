// A process that reads mutated inputs: `npm run knock -- inputs` starts and ends it. It imports the routes by their folders' names.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/knock/inputs/child.ts", { isBundled: false });
