import type { LatentExample } from "@/lib/contract/latent";

/** The window of the strongest example up to its firing token, which the model then has to write; null where no example has text before it. */
export function textBeforePeak(examples: readonly LatentExample[]): string | null {
  const strongest = [...examples].sort((a, b) => a.rank - b.rank);
  for (const { tokens, peak } of strongest) {
    const text = tokens
      .slice(0, peak)
      .map((token) => token.text)
      .join("")
      .trim();
    if (text !== "") return text;
  }
  return null;
}
