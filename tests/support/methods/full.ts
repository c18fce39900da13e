import type { FullConfig } from "@/lib/contract/methods/full/settings";
import { type MethodCases, targets } from "./method-case";

export const full: MethodCases<FullConfig> = {
  computed: [],
  further: [
    { name: "full fine-tuning of targets", config: { method: "full", targets }, words: ["full fine-tuning", "v_proj"] },
    { name: "full fine-tuning", config: { method: "full", targets: null }, words: ["full fine-tuning", "all projections"] },
  ],
};
