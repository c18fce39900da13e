import { type RawModelConfig, whole } from "./config-keys";
import type { ExpertSettings } from "./decoder-config";

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
