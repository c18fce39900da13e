import { isMerged, type PageMethod } from "@/components/methods/page-method";
import type { StanConfig } from "@/lib/contract/methods/stan/settings";
import { formatInteger, formatSetting } from "@/lib/numbers/format";

export const stan: PageMethod<StanConfig> = {
  facts: ({ numLatents, k, alpha, selection, init }) => [
    ["numLatents", formatInteger(numLatents)],
    ["k", formatInteger(k)],
    ["alpha", formatSetting(alpha)],
    ["Selection", selection],
    ["Initialisation", init === "zero" ? "E Kaiming, D zero" : "E Kaiming, D small"],
  ],
  merging: ({ k, numLatents }) => (k >= numLatents ? isMerged : "Depends on its input, so it cannot be merged into the base weights."),
  downloadName: "Adapter (PEFT)",
  withoutLatents: null,
};
