#!/usr/bin/env node
// `npm run -s stanscope -- VERB …`: the engine from the command line, without web server or database.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("server/headless/main.ts");
