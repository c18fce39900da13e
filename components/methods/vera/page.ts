import { isMerged, type PageMethod } from "@/components/methods/page-method";
import type { VeraConfig } from "@/lib/contract/methods/vera/settings";
import { formatInteger, formatPercent, formatSetting } from "@/lib/numbers/format";

export const vera: PageMethod<VeraConfig> = {
  facts: ({ rank, dInitial, projectionKey, dropout = 0 }) => [
    ["Rank", formatInteger(rank)],
    ["Initial λ_d", formatSetting(dInitial)],
    ["A and B", `frozen, seed ${projectionKey}, saved with the adapter`],
    ...(dropout > 0 ? [["Dropout", formatPercent(dropout)] as const] : []),
  ],
  merging: () => isMerged,
  downloadName: "Adapter (PEFT)",
  withoutLatents: null,
};
