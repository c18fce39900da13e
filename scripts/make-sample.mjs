#!/usr/bin/env node
// Makes `demo/sample`: trains the demonstration's STAN run in a temporary folder, collects its statistics, steers a latent, and packs all of it.
// `--home FOLDER` takes the run that a stopped Stanscope trained in that folder; `--latent MODULE:INDEX` chooses the latent on the first page.
import { fileURLToPath } from "node:url";
import { runTypescript } from "./run-typescript.mjs";
import { setUp } from "./set-up.mjs";

await setUp(fileURLToPath(new URL("..", import.meta.url)));
await runTypescript("scripts/sample/main.ts");
