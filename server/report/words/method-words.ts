import type { AdapterConfig } from "@/lib/contract/run-config";
import { formatSetting } from "@/lib/numbers/format";

const names: Readonly<Record<string, string>> = { stan: "STAN", lora: "LoRA", full: "full fine-tuning", head: "head alone" };

export function methodName(method: string): string {
  return names[method] ?? method;
}

/** An adapter in short: `STAN M=64 k=8`, `LoRA r=8 α=16`. */
export function adapterWords(adapter: AdapterConfig): string {
  switch (adapter.method) {
    case "stan":
      return `STAN M=${adapter.numLatents} k=${adapter.k}${adapter.selection === "signed" ? "" : ` ${adapter.selection}`}`;
    case "lora":
      return `${adapter.useDora === true ? "DoRA" : adapter.useRslora === true ? "rsLoRA" : "LoRA"} r=${adapter.rank} α=${formatSetting(adapter.alpha)}`;
    case "full":
    case "head":
      return methodName(adapter.method);
  }
}

/** Which modules an adapter is on. */
export function targetWords(adapter: AdapterConfig): string {
  if (adapter.method === "head") return "the head";
  if (adapter.targets === null) return "every projection of all layers";
  const { modules, layers } = adapter.targets;
  return `${modules.join(", ")} of ${layers === null ? "all layers" : `layers ${layers.join(", ")}`}`;
}
