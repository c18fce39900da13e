// Brings the C library out of TensorFlow's PyPI wheel. pip only downloads; no Python package is installed.
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { LinkError } from "./link-error.mjs";
import { lastLines, run } from "./machine.mjs";

/** Wheels for one Python and many glibc versions, so that the user's own Python version does not matter. */
const WHEEL_TAGS = [
  ...["--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp"],
  ...["cp311", "abi3", "none"].flatMap((abi) => ["--abi", abi]),
  ...["manylinux_2_28", "manylinux_2_27", "manylinux_2_25", "manylinux_2_17", "manylinux2014", "manylinux2010"].flatMap((tag) => [
    "--platform",
    `${tag}_x86_64`,
  ]),
];

/** The ranges TensorFlow 2.20 declares for its `and-cuda` extra. */
const CUDA_WHEELS = [
  "nvidia-cublas-cu12>=12.5.3.2,<13",
  "nvidia-cuda-cupti-cu12>=12.5.82,<13",
  "nvidia-cuda-nvcc-cu12>=12.5.82,<13",
  "nvidia-cuda-nvrtc-cu12>=12.5.82,<13",
  "nvidia-cuda-runtime-cu12>=12.5.82,<13",
  "nvidia-cudnn-cu12>=9.3.0.75,<10",
  "nvidia-cufft-cu12>=11.2.3.61,<12",
  "nvidia-curand-cu12>=10.3.6.82,<11",
  "nvidia-cusolver-cu12>=11.6.3.83,<12",
  "nvidia-cusparse-cu12>=12.5.1.3,<13",
  "nvidia-nccl-cu12>=2.25.1,<3",
  "nvidia-nvjitlink-cu12>=12.5.82,<13",
];

/** The program that takes what we need out of wheels. @param {readonly string[]} moreHeaders folders of TensorFlow's headers */
const unpacking = (moreHeaders) => `
import glob, sys, zipfile
libraries = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
headers = tuple('tensorflow/include/' + p for p in (
    'tensorflow/c/', 'tensorflow/core/platform/', 'tensorflow/core/common_runtime/next_pluggable_device/c/', 'tsl/platform/', 'xla/tsl/'${moreHeaders.map((folder) => `, '${folder}'`).join("")}))
for wheel in glob.glob(sys.argv[1] + '/*.whl'):
    with zipfile.ZipFile(wheel) as z:
        for name in z.namelist():
            licence = 'dist-info' in name and 'licen' in name.lower()
            if name in libraries or name.startswith(headers) or name.startswith('nvidia/') or licence:
                z.extract(name, sys.argv[2])
`;

/**
 * @param {{ cache: string, version: string, device: "cpu" | "gpu", onProgress: (line: string) => void, withCuda?: readonly string[],
 *   moreHeaders?: readonly string[] }} what NVIDIA's packages that a GPU's library comes with, and further headers, as folders in include/
 * @returns {Promise<string>} the folder with libtensorflow_cc.so.2 and include/
 * @throws LinkError when Python, pip, the platform's wheel or the network is missing
 */
export async function bringLibrary({ cache, version, device, onProgress, withCuda = CUDA_WHEELS, moreHeaders = [] }) {
  const program = unpacking(moreHeaders);
  const folder = path.join(cache, `library-${createHash("sha256").update(program).digest("hex").slice(0, 8)}`);
  const library = path.join(folder, "tensorflow");
  if (existsSync(library)) return library;
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new LinkError("no-wheel-for-platform", `TensorFlow is linked on Linux x64 only, not on ${process.platform} ${process.arch}`);
  }
  const python = await findPython();
  const staging = mkdtempSync(path.join(cache, "download-"));
  try {
    const wheels = path.join(staging, "wheels");
    const requirements = device === "gpu" ? [`tensorflow==${version}`, ...withCuda] : [`tensorflow-cpu==${version}`];
    await download(python, requirements, wheels, staging, onProgress);
    onProgress(`unpacking TensorFlow ${version}`);
    const unpacked = path.join(staging, "library");
    const { code, output } = await run(python, ["-c", program, wheels, unpacked]);
    if (code !== 0 || !existsSync(path.join(unpacked, "tensorflow", "libtensorflow_cc.so.2"))) {
      throw new LinkError("download-failed", `the TensorFlow wheel could not be unpacked:\n${lastLines(output)}`);
    }
    makeExecutable(path.join(unpacked, "nvidia"));
    moveUnlessThere(unpacked, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return library;
}

async function findPython() {
  const python = process.env.PYTHON ?? "python3";
  const version = await run(python, ["--version"]);
  if (version.code !== 0) {
    throw new LinkError(
      "no-python",
      "python3 is missing: install it (Debian, Ubuntu: apt install python3 python3-pip) to download TensorFlow",
    );
  }
  const pip = await run(python, ["-m", "pip", "--version"]);
  if (pip.code !== 0) {
    throw new LinkError("no-pip", "pip is missing: install it (Debian, Ubuntu: apt install python3-pip) to download TensorFlow");
  }
  return python;
}

async function download(python, requirements, wheels, staging, onProgress) {
  const temporary = path.join(staging, "temporary");
  for (const folder of [wheels, temporary]) mkdirSync(folder, { recursive: true });
  const total = requirements.length > 1 ? "about 3 GB" : "about 260 MB";
  onProgress(`downloading ${requirements[0]} (${total})`);
  let reported = 0;
  const watch = setInterval(() => {
    const megabytes = Math.round((sizeBytes(wheels) + sizeBytes(temporary)) / 1e6);
    if (megabytes > reported) onProgress(`downloading: ${megabytes} MB so far`);
    reported = Math.max(reported, megabytes);
  }, 2000);
  const quiet = ["-q", "--no-deps", "--disable-pip-version-check", "--no-cache-dir"];
  const { code, output } = await run(python, ["-m", "pip", "download", ...quiet, ...WHEEL_TAGS, "-d", wheels, ...requirements], {
    env: { ...process.env, TMPDIR: temporary },
  });
  clearInterval(watch);
  if (code !== 0) throw new LinkError("download-failed", `pip could not download ${requirements[0]}:\n${lastLines(output)}`);
}

function sizeBytes(folder) {
  let total = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) total += statSync(path.join(entry.parentPath ?? entry.path, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return total;
}

/** Python's zipfile forgets that programs are to be run: TensorFlow runs ptxas where it compiles kernels for the card that it finds. */
function makeExecutable(nvidia) {
  for (const library of existsSync(nvidia) ? readdirSync(nvidia) : []) {
    const programs = path.join(nvidia, library, "bin");
    for (const name of existsSync(programs) ? readdirSync(programs) : []) chmodSync(path.join(programs, name), 0o755);
  }
}

/** Another clone may have finished first; its result is as good as ours. */
function moveUnlessThere(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
