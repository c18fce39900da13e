import { strongestFirst } from "@/components/latents/strongest-first";
import type { LatentExample } from "@/lib/contract/latent";

/** The window of the strongest example up to its firing token, which the model then has to write; null where no example has text before it. */
export function textBeforePeak(examples: readonly LatentExample[]): string | null {
  for (const { tokens, peak } of strongestFirst(examples)) {
    const text = tokens
      .slice(0, peak)
      .map((token) => token.text)
      .join("")
      .trim();
    if (text !== "") return text;
  }
  return null;
}
