import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import { formatInteger } from "@/lib/numbers/format";

/** Before tokens whose counts outgrew the memory for them; nothing where they are exact. */
export function EstimatedMark({ tokens }: { readonly tokens: readonly CountedToken[] }) {
  const error = tokens[0]?.error ?? 0;
  if (error === 0) return null;
  const title = `Estimated in bounded memory: each count may be up to ${formatInteger(error)} higher, and a token with fewer firings than that may be missing`;
  return (
    <abbr className="dim" title={title}>
      ≈{" "}
    </abbr>
  );
}
