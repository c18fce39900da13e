import { liveTensors } from "./scope";
import { hasOwnKernels, loadBinding } from "./tensorflow-binding";
import { startWasmProducts } from "./wasm-products";

export type EngineInfo = {
  readonly backend: "tensorflow" | "wasm";
  readonly device: "cpu" | "gpu";
  readonly version: string;
  /** "own" where the kernels of native/ run, "twin" where plain TensorFlow ops or JavaScript do the same. */
  readonly kernels: "own" | "twin";
  /** Whether weights in bfloat16 take half the memory traffic. */
  readonly bfloat16: boolean;
};

export type EngineOptions = { readonly prefer?: "tensorflow" | "wasm"; readonly kernels?: "own" | "twin" };

let running: EngineInfo | undefined;

/**
 * Starts the engine, or gives the running one. TensorFlow when its linked binding loads, WebAssembly otherwise or when
 * STANSCOPE_ENGINE=wasm asks for it. Options that differ from the running engine's switch it.
 *
 * @throws Error when `prefer` is "tensorflow" and it does not load, or when a switch finds tensors alive
 */
export async function startEngine(options: EngineOptions = {}): Promise<EngineInfo> {
  const unchanged = (options.prefer ?? running?.backend) === running?.backend && (options.kernels ?? running?.kernels) === running?.kernels;
  if (running !== undefined && unchanged) return running;
  if (running !== undefined && liveTensors() > 0) {
    throw new Error(`startEngine: ${liveTensors()} tensors of the running engine are still alive`);
  }
  const prefer = options.prefer ?? running?.backend ?? (process.env["STANSCOPE_ENGINE"] === "wasm" ? "wasm" : undefined);
  running = tensorflowEngine(prefer, options.kernels) ?? (await wasmEngine());
  return running;
}

/** @throws Error before `startEngine` */
export function engineInfo(): EngineInfo {
  if (running === undefined) throw new Error("the engine has not been started: call startEngine first");
  return running;
}

export function usesTensorflow(): boolean {
  return engineInfo().backend === "tensorflow";
}

export function usesOwnKernels(): boolean {
  return engineInfo().kernels === "own";
}

function tensorflowEngine(prefer: EngineOptions["prefer"], kernels: EngineOptions["kernels"]): EngineInfo | undefined {
  if (prefer === "wasm") return undefined;
  try {
    const binding = loadBinding();
    const device = binding.isUsingGpuDevice() ? "gpu" : "cpu";
    return {
      backend: "tensorflow",
      device,
      version: binding.TF_Version,
      kernels: device === "cpu" && hasOwnKernels() ? (kernels ?? "own") : "twin",
      bfloat16: true,
    };
  } catch (cause) {
    if (prefer === "tensorflow") throw new Error("TensorFlow is not linked: run node scripts/link-tensorflow.mjs", { cause });
    return undefined;
  }
}

async function wasmEngine(): Promise<EngineInfo> {
  const version = await startWasmProducts();
  return { backend: "wasm", device: "cpu", version, kernels: "twin", bfloat16: false };
}
