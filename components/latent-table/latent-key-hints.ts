import type { LatentHome } from "@/components/latents/latent-home";
import type { KeyHint } from "@/components/ui/key-strip";

/** The keys of the table; a dictionary cannot be steered. */
export function latentKeyHints(home: LatentHome): readonly KeyHint[] {
  return [
    { keys: ["j", "k"], does: "next, previous" },
    { keys: ["↵"], does: "open" },
    { keys: ["x"], does: "select" },
    { keys: ["⇧ x"], does: "select to here" },
    ...(home.kind === "run" ? [{ keys: ["s"], does: "steer" }] : []),
    { keys: ["/"], does: "search" },
    { keys: ["drag"], does: "on a small histogram: filter a range" },
    { keys: ["⇧ click"], does: "on the map: layers to here" },
    { keys: ["?"], does: "all keys" },
  ];
}
