import type { VeraConfig } from "@/lib/contract/methods/vera/settings";
import { type MethodCases, targets } from "./method-case";

export const vera: MethodCases<VeraConfig> = {
  computed: [{ name: "VeRA", config: { method: "vera", rank: 5, dInitial: 0.1, projectionKey: 0, targets }, words: ["VeRA r=5", "r=5"] }],
  further: [
    {
      name: "VeRA with a key",
      config: { method: "vera", rank: 24, dInitial: 0.3, projectionKey: 7, dropout: 0.1, targets },
      words: ["VeRA r=24 d=0.3 key=7", "r=24 d=0.3 key=7"],
    },
  ],
};
