import type { RunMethod } from "@/lib/contract/run-config";

export type MarkedMethod = RunMethod | "base" | "edited";

const names: Record<MarkedMethod, string> = { stan: "STAN", lora: "LoRA", full: "Full", head: "Head only", base: "Base", edited: "Edited" };

/** A method in its colour, always with its shape: ● STAN, ■ LoRA, ▲ full fine-tuning, ✚ a head alone, ▬ base, ◆ edited. `children` may say more ("Adapter"). */
export function MethodMark({ method, children }: { method: MarkedMethod; children?: string }) {
  return <span className={`m ${method}`}>{children ?? names[method]}</span>;
}

/** How a method is called in text. */
export function methodName(method: MarkedMethod): string {
  return names[method];
}
