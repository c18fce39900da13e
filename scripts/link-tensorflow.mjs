#!/usr/bin/env node
// Links the engine with TensorFlow: brings the PyPI wheel into a cache that all clones share, builds tfjs-node-gpu's
// binding and our own kernels against the C API inside it, and puts a copy of the binding into this clone.
//   node scripts/link-tensorflow.mjs
// Exit codes: 0 linked; 10 and above name what is missing (see LinkError), and the engine then runs on WebAssembly.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bindingKey, buildBinding, productsFile } from "./link/build-binding.mjs";
import { LinkError } from "./link/link-error.mjs";
import { cacheFolder, detectDevice, packageFolder } from "./link/machine.mjs";
import { bringLibrary } from "./link/wheel.mjs";
import { demandWritable } from "./start/writable.mjs";

export const TENSORFLOW_VERSION = "2.20.0";

/**
 * Makes TensorFlow usable from this clone. The first call on a machine downloads (CPU 250 MB, GPU about 3 GB) and
 * compiles; later calls, from any clone, only copy the binding.
 *
 * @param {{ onProgress?: (line: string) => void }} options gets one line for each thing done, with MB so far while downloading
 * @returns {Promise<{ linked: boolean, device: "cpu" | "gpu", reason?: string, exitCode?: number }>}
 *   linked false with the reason when something is missing; the engine then falls back to WebAssembly
 */
export async function linkTensorflow({ onProgress = () => undefined } = {}) {
  const device = detectDevice();
  if (process.env.STANSCOPE_ENGINE === "wasm") {
    return { linked: false, device, reason: "STANSCOPE_ENGINE=wasm selects WebAssembly", exitCode: 0 };
  }
  try {
    await link(device, onProgress);
    return { linked: true, device };
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return { linked: false, device, reason: error.message, exitCode: error.exitCode };
  }
}

async function link(device, onProgress) {
  const cache = cacheFolder(TENSORFLOW_VERSION, device);
  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  const library = await bringLibrary({ cache, version: TENSORFLOW_VERSION, device, onProgress });
  const key = bindingKey(realpathSync(library));
  const target = path.join(packageFolder("@tensorflow/tfjs-node-gpu"), "lib", "napi-v8", "tfjs_binding.node");
  const stamp = `${target}.key`;
  const isLinked = [target, productsFile(target), stamp].every((file) => existsSync(file));
  if (isLinked && readFileSync(stamp, "utf8") === key) {
    onProgress("TensorFlow is linked already");
    return;
  }
  demandWritable(path.dirname(path.dirname(path.dirname(target))), "TensorFlow's binding must be put");
  // An older binding must not be taken for this one, whatever comes of the build.
  for (const stale of [stamp, productsFile(target), target]) rmSync(stale, { force: true });
  const built = await buildBinding({ cache, library: realpathSync(library), key, onProgress });
  mkdirSync(path.dirname(target), { recursive: true });
  replace(productsFile(target), (temporary) => copyFileSync(productsFile(built), temporary));
  replace(target, (temporary) => copyFileSync(built, temporary));
  replace(stamp, (temporary) => writeFileSync(temporary, key));
  onProgress(`linked TensorFlow ${TENSORFLOW_VERSION} (${device})`);
}

/** Makes a new file of that name, never writing into an old one: clones may share it by a hard link. */
function replace(file, write) {
  const temporary = `${file}.${process.pid}`;
  write(temporary);
  renameSync(temporary, file);
}

/** Downloads and builds that were killed a day ago or more; younger ones may be another clone's at work. */
function removeAbandoned(cache) {
  const DAY_MS = 24 * 3600 * 1000;
  for (const name of readdirSync(cache)) {
    const folder = path.join(cache, name);
    const isStaging = name.startsWith("download-") || name.startsWith("build-");
    const changedMs = isStaging ? statSync(folder, { throwIfNoEntry: false })?.mtimeMs : undefined;
    if (changedMs !== undefined && changedMs < Date.now() - DAY_MS) rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { linked, reason, exitCode } = await linkTensorflow({ onProgress: (line) => console.log(line) });
  if (!linked) console.error(reason);
  process.exitCode = linked ? 0 : exitCode;
}
