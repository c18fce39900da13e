import { isMerged, type PageMethod } from "@/components/methods/page-method";
import { type LoraConfig, loraModuleSizes } from "@/lib/contract/methods/lora/settings";
import { formatInteger, formatPercent, formatSetting } from "@/lib/numbers/format";

export const lora: PageMethod<LoraConfig> = {
  facts: ({ rank, alpha, useRslora, dropout = 0 }) => [
    ["Rank", formatInteger(rank)],
    ["alpha", formatSetting(alpha)],
    [useRslora === true ? "Scaling, rsLoRA" : "Scaling", formatSetting(loraModuleSizes({ rank, alpha, useRslora }, "").scaling)],
    ...(dropout > 0 ? [["Dropout", formatPercent(dropout)] as const] : []),
  ],
  merging: () => isMerged,
  downloadName: "Adapter (PEFT)",
  withoutLatents: null,
};
