import { execFile } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "@/tests/support/temporary-folder";

/** Runs the link script with an empty cache; `programs` are all that its PATH holds. */
async function link(programs: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}, clone = ".") {
  const folder = temporaryFolder();
  const bin = path.join(folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const cache = path.join(folder, "cache");
  const env: NodeJS.ProcessEnv = { ...environment, NODE_ENV: "test", PATH: bin, XDG_CACHE_HOME: cache };
  return new Promise<{ code: number; output: string; cache: string }>((resolve) => {
    execFile(process.execPath, ["scripts/link-tensorflow.mjs"], { cwd: clone, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr, cache });
    });
  });
}

test("a machine without Python is told what to install", async () => {
  expect(await link({})).toMatchObject({ code: 10, output: expect.stringMatching(/^python3 is missing: install it/) });
});

test("a machine without pip is told what to install", async () => {
  const withoutPip = { python3: '[ "$1" = --version ]' };
  expect(await link(withoutPip)).toMatchObject({ code: 11, output: expect.stringMatching(/^pip is missing: install it/) });
});

test("a failed download says what pip said and leaves nothing half-made", async () => {
  const offline = { python3: 'case "$*" in *download*) echo "no route to the index"; exit 1;; esac' };
  const { code, output, cache } = await link(offline);
  expect(code).toBe(14);
  expect(output).toContain("no route to the index");
  const [tensorflow = ""] = readdirSync(path.join(cache, "stanscope"));
  expect(readdirSync(path.join(cache, "stanscope", tensorflow))).toEqual([]);
});

test("WebAssembly by wish needs nothing and is no failure", async () => {
  const { code, output, cache } = await link({}, { STANSCOPE_ENGINE: "wasm" });
  expect({ code, output }).toEqual({ code: 0, output: "STANSCOPE_ENGINE=wasm selects WebAssembly\n" });
  expect(existsSync(cache)).toBe(false);
});

test("an older binding is not used when a newer one cannot be built", async () => {
  const clone = temporaryFolder();
  for (const folder of ["scripts", "server/engine/tensor/native", "node_modules/node-api-headers"])
    cpSync(folder, path.join(clone, folder), { recursive: true });
  const packageFolder = path.join(clone, "node_modules/@tensorflow/tfjs-node-gpu");
  const binding = path.join(packageFolder, "lib/napi-v8/tfjs_binding.node");
  for (const folder of [path.dirname(binding), path.join(packageFolder, "binding")]) mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(packageFolder, "package.json"), "{}");
  for (const file of [binding, `${binding}.key`]) writeFileSync(file, "older");
  const brought = '/bin/mkdir -p "$4/tensorflow" && : > "$4/tensorflow/libtensorflow_cc.so.2"';
  const { code, output } = await link({ python3: `case "$*" in -c*) ${brought};; esac` }, {}, clone);
  expect({ code, output }).toEqual({ code: 12, output: expect.stringMatching(/^g\+\+ is missing: install it/m) });
  expect(readdirSync(path.dirname(binding))).toEqual([]);
});
