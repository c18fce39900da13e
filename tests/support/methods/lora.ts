import type { LoraConfig } from "@/lib/contract/methods/lora/settings";
import { type MethodCases, targets } from "./method-case";

const small: LoraConfig = { method: "lora", rank: 5, alpha: 2, targets };

export const lora: MethodCases<LoraConfig> = {
  computed: [
    { name: "LoRA", config: small, words: ["LoRA r=5 α=2", "r=5 α=2"] },
    { name: "DoRA", config: { ...small, useDora: true }, words: ["DoRA r=5 α=2", "DoRA r=5 α=2"] },
  ],
  vectorsAround: 2,
  further: [
    {
      name: "rsLoRA by module",
      config: { ...small, rank: 3, alpha: 6, useRslora: true, dropout: 0.1, alphaPattern: { q_proj: 0.5 } },
      words: ["rsLoRA r=3 α=6", "r=3 α=6"],
    },
    {
      name: "rsDoRA by module",
      config: { ...small, rank: 3, alpha: 6, useRslora: true, useDora: true, dropout: 0.1, alphaPattern: { q_proj: 0.5 } },
      words: ["DoRA r=3 α=6", "DoRA r=3 α=6"],
    },
  ],
};
