// A process that trains the demonstration beside the unit tests: `npm test` starts and ends it.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("tests/e2e/demonstration-process.ts");
