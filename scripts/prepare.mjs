#!/usr/bin/env node
// `npm run build`: does all of a start that can be done beforehand: packages, engine, pages. An image is made with it too.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { requireNode, setUp } from "./set-up.mjs";
import { buildOnce } from "./start/build.mjs";
import { stage } from "./start/stages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

requireNode();
await setUp(root);
await stage("pages", async (onProgress) => {
  const log = path.join(mkdtempSync(path.join(tmpdir(), "stanscope-build-")), "build.log");
  await buildOnce(root, { log, onProgress });
  return { text: "built", value: undefined };
});
