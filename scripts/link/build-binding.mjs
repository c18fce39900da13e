// Compiles tfjs-node-gpu's binding and our own kernels against the library in the cache.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LinkError } from "./link-error.mjs";
import { lastLines, packageFolder, processorName, run } from "./machine.mjs";

const MEASURE = fileURLToPath(new URL("measure-products.mjs", import.meta.url));
const KERNELS = fileURLToPath(new URL("../../server/engine/tensor/native", import.meta.url));
const COMPILER = process.env.CXX ?? "g++";
const COMMON_FLAGS = ["-std=c++17", "-fPIC", "-DNAPI_VERSION=8"];
/** NaN must pass through the kernels: training finds a broken loss by it. */
const KERNEL_FLAGS = ["-O3", "-march=native", "-ffast-math", "-fno-finite-math-only", "-Wno-psabi"];

/** Names one build: the same sources, flags, library and processor give the same key. */
export function bindingKey(library) {
  const hash = createHash("sha256");
  for (const file of [...bindingSources(), ...kernelSources()]) hash.update(path.basename(file)).update(readFileSync(file));
  for (const text of [library, COMPILER, ...COMMON_FLAGS, ...KERNEL_FLAGS, processorName()]) hash.update(`\0${text}`);
  return hash.digest("hex").slice(0, 24);
}

/** The file beside a binding that says which of its products are the fastest here. */
export const productsFile = (binding) => `${binding}.products.json`;

/**
 * @returns {Promise<string>} the built binding in the cache, with its products measured
 * @throws LinkError when the compiler is missing, fails, or the result computes a wrong product
 */
export async function buildBinding({ cache, library, key, onProgress }) {
  const built = path.join(cache, "bindings", `${key}.node`);
  if (existsSync(built) && existsSync(productsFile(built))) return built;
  if ((await run(COMPILER, ["--version"])).code !== 0) {
    throw new LinkError("no-compiler", `${COMPILER} is missing: install it (Debian, Ubuntu: apt install g++) to link TensorFlow`);
  }
  onProgress("compiling the binding and the engine's kernels");
  mkdirSync(path.dirname(built), { recursive: true });
  const staging = mkdtempSync(path.join(cache, "build-"));
  try {
    const linked = path.join(staging, "tfjs_binding.node");
    await compileBinding({ library, into: linked });
    await check(linked);
    writeFileSync(productsFile(built), await measuredProducts(linked));
    renameSync(linked, built);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return built;
}

/** Compiles and links a binding; its objects stay beside it. @param {{ library: string, into: string, hasKernels?: boolean }} what */
export async function compileBinding({ library, into, hasKernels = true }) {
  const include = [path.join(packageFolder("node-api-headers"), "include"), path.join(library, "include")].map((folder) => `-I${folder}`);
  const kernels = hasKernels ? kernelSources() : [];
  const sources = [...bindingSources().map((file) => [file, ["-O2"]]), ...kernels.map((file) => [file, KERNEL_FLAGS])];
  const objects = await Promise.all(
    sources
      .filter(([file]) => file.endsWith(".cc"))
      .map(async ([file, flags]) => {
        const object = path.join(path.dirname(into), `${path.basename(file)}.o`);
        await compile([...COMMON_FLAGS, ...flags, ...include, "-c", file, "-o", object]);
        return object;
      }),
  );
  const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"].map((name) => path.join(library, name));
  // The real folder, never a link to it: TensorFlow finds NVIDIA's libraries relative to its own place.
  await compile(["-shared", ...objects, "-o", into, ...libraries, `-Wl,-rpath,${library}`, "-pthread"]);
}

async function compile(args) {
  const { code, output } = await run(COMPILER, args);
  if (code !== 0) throw new LinkError("build-failed", `${COMPILER} could not build the TensorFlow binding:\n${lastLines(output)}`);
}

async function check(binding) {
  const program = `
    const b = require(${JSON.stringify(binding)});
    const type = { name: "T", type: b.TF_ATTR_TYPE, value: b.TF_FLOAT }, flag = (name) => ({ name, type: b.TF_ATTR_BOOL, value: false });
    const a = b.createTensor([2, 2], b.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
    const [{ id }] = b.executeOp("MatMul", [type, flag("transpose_a"), flag("transpose_b")], [a, a], 1);
    const product = b.tensorDataSync(id).join();
    if (product !== "7,10,15,22") throw new Error("a 2 x 2 product came out as " + product);`;
  const { code, output } = await run(process.execPath, ["-e", program], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", TF_FORCE_GPU_ALLOW_GROWTH: "true" },
  });
  if (code !== 0) throw new LinkError("check-failed", `the built TensorFlow binding does not work here:\n${lastLines(output)}`);
}

/** JSON; empty where nothing can be measured: a binding for a GPU has no kernels of ours. */
async function measuredProducts(binding) {
  const { code, output } = await run(process.execPath, [MEASURE, binding], { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" } });
  return code === 0 ? lastLines(output, 1) : "{}";
}

function bindingSources() {
  const folder = path.join(packageFolder("@tensorflow/tfjs-node-gpu"), "binding");
  return readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name));
}

function kernelSources() {
  return readdirSync(KERNELS)
    .sort()
    .map((name) => path.join(KERNELS, name));
}
