import { type RawModelConfig, whole } from "./config-keys";
import type { ExpertSettings } from "./decoder-config";
import type { GgufMetadata } from "./gguf-form";

/** @throws Error naming the key, when a number is missing or a token takes more experts than there are */
export function expertSettings(
  raw: RawModelConfig,
  countKey: string,
  { dFeedForward, isNormalised }: Pick<ExpertSettings, "dFeedForward" | "isNormalised">,
): ExpertSettings {
  const count = whole(raw, countKey);
  const perToken = whole(raw, "num_experts_per_tok");
  if (perToken > count) throw new Error(`config.json: num_experts_per_tok ${perToken} is more than the ${count} experts of ${countKey}`);
  return { count, perToken, dFeedForward, isNormalised };
}

/** The keys of `config.json` that a GGUF file's metadata about experts stands for. */
export function ggufExperts(metadata: GgufMetadata, countKey: string): RawModelConfig {
  return { [countKey]: metadata.number("expert_count"), num_experts_per_tok: metadata.number("expert_used_count") };
}

export function hasGgufExperts(metadata: GgufMetadata): boolean {
  return metadata.number("expert_count", 0) > 0;
}
