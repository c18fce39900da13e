#!/usr/bin/env node
// Makes `demo/sample`: trains the demonstration's STAN run in a folder of its own, with its statistics, steers
// a latent, and packs all of it. With `--home FOLDER` it takes the run that a stopped Stanscope has trained in that folder; `--latent MODULE:INDEX` chooses the
// latent on the first page.
import { fileURLToPath } from "node:url";
import { runTypescript } from "./run-typescript.mjs";
import { setUp } from "./set-up.mjs";

await setUp(fileURLToPath(new URL("..", import.meta.url)));
await runTypescript("scripts/sample/main.ts");
