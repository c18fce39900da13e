import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

const nvidiaFolder = "/proc/driver/nvidia/gpus";

/** What a person knows the device by: the maker's name, of a processor with its threads. */
export function deviceName(device: "cpu" | "gpu"): string {
  return device === "gpu" ? (graphicsName() ?? "GPU") : processorName(cpus()[0]?.model ?? "", availableParallelism());
}

export function processorName(model: string, threads: number): string {
  const name = model
    .replaceAll(/\((?:R|TM|C)\)/gi, "")
    .replace(/\s+@.*$/, "")
    .replaceAll(/\b(?:CPU|Processor)\b/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return `${name === "" || name === "unknown" ? "processor" : name}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

function graphicsName(): string | undefined {
  try {
    const first = readdirSync(nvidiaFolder)[0];
    return first === undefined
      ? undefined
      : /^Model:\s*(.+)$/m.exec(readFileSync(`${nvidiaFolder}/${first}/information`, "utf8"))?.[1]?.trim();
  } catch {
    return undefined;
  }
}
