import { execFileSync } from "node:child_process";
import { arch, cpus, platform, totalmem } from "node:os";
import { type EngineInfo, startEngine } from "@/server/engine/tensor/backend";
import { measureProducts } from "@/server/runtime/measure-products";

/** Prints what the engine runs on, how fast that is, and what is missing; nothing is downloaded or changed. */
export async function examine(): Promise<void> {
  const engine = await startEngine();
  const speed = measureProducts(() => performance.now());
  const lines: [string, string][] = [
    ["engine", engineName(engine)],
    ["device", engine.device === "gpu" ? "NVIDIA GPU" : `CPU, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`],
    [
      "speed",
      `${speed.float32.toFixed(0)} GFLOP/s in float32${speed.bfloat16 === null ? "" : `, ${speed.bfloat16.toFixed(0)} in bfloat16`}`,
    ],
    ["memory", `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
    ["Node", `${process.version} on ${platform()} ${arch()}`],
    ["missing", missing(engine)],
  ];
  for (const [name, value] of lines) process.stdout.write(`${name.padEnd(9)}${value}\n`);
}

function engineName(engine: EngineInfo): string {
  if (engine.backend === "wasm") return `WebAssembly ${engine.version} (slow: no TensorFlow linked)`;
  return `TensorFlow ${engine.version}, ${engine.kernels === "own" ? "own kernels" : "TensorFlow's operations only"}`;
}

/** What keeps TensorFlow from being linked, each with how to get it. */
function missing(engine: EngineInfo): string {
  if (engine.backend === "tensorflow") return "nothing";
  if (process.env["STANSCOPE_ENGINE"] === "wasm") return "nothing: STANSCOPE_ENGINE=wasm selects WebAssembly; unset it to use TensorFlow";
  const absent = needs.filter(({ command, words }) => !answers(command, words));
  if (absent.length === 0) return "TensorFlow is not linked yet: run node scripts/link-tensorflow.mjs";
  return absent.map(({ name, remedy }) => `${name} (${remedy})`).join(", ");
}

const needs = [
  { name: "python3", command: "python3", words: ["--version"], remedy: "apt-get install python3, or your system's package" },
  { name: "pip", command: "python3", words: ["-m", "pip", "--version"], remedy: "apt-get install python3-pip" },
  { name: "g++", command: "g++", words: ["--version"], remedy: "apt-get install g++" },
];

function answers(command: string, words: string[]): boolean {
  try {
    execFileSync(command, words, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
