import type { LatentHome } from "@/components/latents/latent-home";
import { sheetHint, tableKeys } from "@/components/shell/page-keys";
import type { KeyHint } from "@/components/ui/key-strip";

/** The keys of the table; a dictionary cannot be steered. */
export function latentKeyHints(home: LatentHome): readonly KeyHint[] {
  const own = home.kind === "run" ? tableKeys.hints : tableKeys.hints.filter(({ does }) => does !== "steer");
  return [...own, sheetHint];
}
