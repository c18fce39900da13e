import { methodOf } from "@/lib/contract/methods/methods";
import type { RunMethod } from "@/lib/contract/run-config";

export type MarkedMethod = RunMethod | "base" | "edited";

const others = { base: "Base", edited: "Edited" };

/** A method in its colour, always with its shape: ● STAN, ■ LoRA, ▼ VeRA, ▲ full fine-tuning, ✚ a head alone, ▬ base, ◆ edited. `children` may say more ("Adapter"). */
export function MethodMark({ method, children }: { method: MarkedMethod; children?: string }) {
  return <span className={`m ${method}`}>{children ?? methodName(method)}</span>;
}

/** How a method is called in text. */
export function methodName(method: MarkedMethod): string {
  return method === "base" || method === "edited" ? others[method] : methodOf({ method }).label;
}
