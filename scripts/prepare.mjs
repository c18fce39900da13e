#!/usr/bin/env node
// Does all of a start that can be done beforehand: packages, engine, pages. An image is made with it.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { requireNode, setUp } from "./set-up.mjs";
import { build, isBuilt, sourcesHash } from "./start/build.mjs";
import { stage } from "./start/stages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

requireNode();
await setUp(root);
const hash = sourcesHash(root);
await stage("pages", async (onProgress) => {
  const log = path.join(mkdtempSync(path.join(tmpdir(), "stanscope-build-")), "build.log");
  if (!isBuilt(root, hash)) await build(root, { hash, log, onProgress });
  return { text: "built", value: undefined };
});
