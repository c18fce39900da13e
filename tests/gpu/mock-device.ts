import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { compileBinding } from "@/scripts/link/build-binding.mjs";
import { LinkError } from "@/scripts/link/link-error.mjs";
import { cacheFolder } from "@/scripts/link/machine.mjs";
import { bringLibrary } from "@/scripts/link/wheel.mjs";
import { TENSORFLOW_VERSION } from "@/scripts/link-tensorflow.mjs";

const run = promisify(execFile);

/** TensorFlow's compiler of kernels that its CUDA build does not bring along; the libraries are those of the mock. */
const NVIDIA_COMPILER = "nvidia-cuda-nvcc-cu12>=12.5.82,<13";
/** Where the CUDA build's headers describe a device. */
const CUDA_HEADERS = "third_party/gpus/cuda/include/";
const MOCK = "tests/gpu/mock";
/** TensorFlow opens them by these names. All of the mock is in the first; it makes no device unless the last ones open, and calls nothing in them. */
const LIBRARIES = ["libcuda.so.1", "libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12"];
const EMPTY_LIBRARIES = ["libcufft.so.11", "libcusolver.so.11", "libcusparse.so.12", "libcudnn.so.9"];

/** A binding against TensorFlow's CUDA build, and the folder of the libraries that stand for NVIDIA's. */
export type MockDevice = { readonly binding: string; readonly libraries: string };

/**
 * Fetches TensorFlow's CUDA build (660 MB) and compiles the mock device, both once: they stay in the cache that all clones share.
 *
 * @returns why there is none, where TensorFlow cannot be fetched or nothing can be compiled
 */
export async function mockDevice(): Promise<MockDevice | string> {
  const cache = cacheFolder(TENSORFLOW_VERSION, "mock-gpu");
  try {
    mkdirSync(cache, { recursive: true });
    const fetched = await bringLibrary({
      cache,
      version: TENSORFLOW_VERSION,
      device: "gpu",
      onProgress: () => undefined,
      withCuda: [NVIDIA_COMPILER],
      moreHeaders: [CUDA_HEADERS],
    });
    return await built(cache, realpathSync(fetched));
  } catch (error) {
    if (error instanceof LinkError) return error.message;
    throw error;
  }
}

async function built(cache: string, library: string): Promise<MockDevice> {
  const sources = readdirSync(MOCK).map((name) => path.join(MOCK, name));
  const hash = createHash("sha256").update(library);
  for (const file of sources.sort()) hash.update(`\0${file}\0`).update(readFileSync(file));
  const folder = path.join(cache, `mock-${hash.digest("hex").slice(0, 16)}`);
  const device = { binding: path.join(folder, "tfjs_binding.node"), libraries: folder };
  if (existsSync(folder)) return device;
  const staging = mkdtempSync(path.join(cache, "build-"));
  try {
    await compileBinding({ library, into: path.join(staging, "tfjs_binding.node"), hasKernels: false });
    await compileLibraries(staging, path.join(library, "include"), sources);
    renameSync(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return device;
}

async function compileLibraries(folder: string, headers: string, sources: readonly string[]): Promise<void> {
  const compiler = process.env["CXX"] ?? "g++";
  const shared = ["-std=c++17", "-O2", "-shared", "-fPIC"];
  const [whole = "", ...others] = LIBRARIES;
  await run(compiler, [
    ...shared,
    "-Wall",
    "-isystem",
    headers,
    ...sources.filter((file) => file.endsWith(".cc")),
    "-o",
    path.join(folder, whole),
  ]);
  for (const name of others) symlinkSync(whole, path.join(folder, name));
  const empty = path.join(folder, "empty.so");
  await run(compiler, [...shared, "-x", "c++", "/dev/null", "-o", empty]);
  for (const name of EMPTY_LIBRARIES) symlinkSync(path.basename(empty), path.join(folder, name));
}
