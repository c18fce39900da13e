import type { HeadConfig } from "@/lib/contract/methods/head/settings";
import type { MethodCases } from "./method-case";

export const head: MethodCases<HeadConfig> = {
  computed: [],
  further: [{ name: "a head alone", config: { method: "head" }, words: ["head alone", "the head alone"] }],
};
