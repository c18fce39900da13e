import { isMerged, type PageMethod } from "@/components/methods/page-method";
import { isBatchTopK, type StanConfig, thresholdDecay } from "@/lib/contract/methods/stan/settings";
import { formatInteger, formatSetting } from "@/lib/numbers/format";

export const stan: PageMethod<StanConfig> = {
  facts: ({ numLatents, k, alpha, selection, init, sparsity }) => [
    ["Latents M", formatInteger(numLatents)],
    ["Latents kept per token, k", formatInteger(k)],
    ...(isBatchTopK({ sparsity })
      ? [["Sparsity", `BatchTopK: k on average over each micro-batch; threshold decay ${thresholdDecay} (our choice)`] as const]
      : []),
    ["alpha", formatSetting(alpha)],
    ["Selection", selection],
    ["Initialisation", init === "zero" ? "E Kaiming, D zero" : "E Kaiming, D small"],
  ],
  merging: ({ k, numLatents, sparsity }) =>
    k >= numLatents && !isBatchTopK({ sparsity }) ? isMerged : "Depends on its input, so it cannot be merged into the base weights.",
  downloadName: "Adapter (PEFT)",
  withoutLatents: null,
};
