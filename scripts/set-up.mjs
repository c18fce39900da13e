import { linkTensorflow } from "./link-tensorflow.mjs";
import { arePackagesInstalled, installPackages } from "./start/packages.mjs";
import { say, stage } from "./start/stages.mjs";
import { demandWritable } from "./start/writable.mjs";

const oldestNode = [20, 9];

/** @throws Error when Node.js is older than what the packages need */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Error(`Node.js ${process.versions.node} is too old: Stanscope needs ${oldestNode.join(".")} or newer (https://nodejs.org).`);
}

/**
 * Brings a clone to the point where everything runs: its packages, and the engine linked with TensorFlow where this machine allows it.
 *
 * @param {string} root
 * @returns {Promise<Record<string, string>>} environment for all that computes: where linking failed, an older binding is not used by chance
 */
export async function setUp(root) {
  await stage("packages", async (progress) => {
    if (arePackagesInstalled(root)) return { text: "installed", value: undefined };
    demandWritable(root, "The packages must be installed");
    const count = await installPackages(root, progress);
    return { text: `${count} installed`, value: undefined };
  });
  const reason = await stage("engine", async (progress) => {
    const result = await linkTensorflow({ onProgress: progress });
    if (result.linked) return { text: result.device === "gpu" ? "TensorFlow on the GPU" : "TensorFlow on the CPU", value: undefined };
    return { text: "WebAssembly, about six times slower than TensorFlow", value: result.reason, mark: "warning" };
  });
  if (reason === undefined) return {};
  say(`                 ${reason}`);
  return { STANSCOPE_ENGINE: "wasm", STANSCOPE_ENGINE_REASON: reason };
}
