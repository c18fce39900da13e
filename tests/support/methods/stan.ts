import type { StanConfig } from "@/lib/contract/methods/stan/settings";
import { type MethodCase, type MethodCases, targets } from "./method-case";

const small: StanConfig = { method: "stan", numLatents: 7, k: 3, alpha: 1, selection: "signed", init: "zero", targets };

function topK(selection: StanConfig["selection"], words: string): MethodCase<StanConfig> {
  return { name: `STAN ${selection}`, config: { ...small, selection }, words: [`STAN ${words}`, words] };
}

function batchTopK(selection: StanConfig["selection"], words: string): MethodCase<StanConfig> {
  const config: StanConfig = { ...small, selection, sparsity: "batchtopk" };
  return { name: `STAN BatchTopK ${selection}`, config, words: [`STAN ${words}`, words] };
}

export const stan: MethodCases<StanConfig> = {
  computed: [
    topK("signed", "M=7 k=3"),
    topK("relu", "M=7 k=3 relu"),
    topK("abs", "M=7 k=3 abs"),
    batchTopK("signed", "M=7 k=3 batchtopk"),
    batchTopK("relu", "M=7 k=3 batchtopk relu"),
    batchTopK("abs", "M=7 k=3 batchtopk abs"),
  ],
  further: [
    {
      name: "STAN by module",
      config: { ...small, k: 2, alpha: 3, selection: "relu", init: "small", latentsPattern: { q_proj: 5 } },
      words: ["STAN M=7 k=2 relu", "M=7 k=2 relu"],
      unsaved: { init: "zero" },
    },
  ],
};
