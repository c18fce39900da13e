import { runTypescript } from "../../scripts/run-typescript.mjs";

await runTypescript("tests/gpu/count-crossings.ts");
