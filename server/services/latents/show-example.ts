import type { LatentExample } from "@/lib/contract/latent";
import type { StoredContext } from "@/server/db/latents/latents";
import type { StoredExample } from "@/server/db/latents/pack-examples";

/**
 * An example as a person reads it. A token whose text is empty is a later byte of the character before it: it is joined to that token, which shows
 * the stronger of their activations.
 */
export function showExample(
  example: StoredExample,
  context: StoredContext,
  place: { rank: number; domains: readonly string[] },
): LatentExample {
  const activationAt = new Map<number, number>();
  for (let i = 0; i < example.firingPositions.length; i++) {
    activationAt.set(example.firingPositions[i] ?? -1, example.firingActivations[i] ?? 0);
  }
  // A window that begins inside a character begins with the character.
  let from = example.from;
  while (from > 0 && context.texts[from] === "") from--;
  const tokens: LatentExample["tokens"] = [];
  let peak = 0;
  for (let position = from; position < Math.min(example.to, context.texts.length); position++) {
    const text = context.texts[position] ?? "";
    const activation = activationAt.get(position) ?? 0;
    const last = tokens.at(-1);
    if (text === "" && last !== undefined) {
      if (Math.abs(activation) > Math.abs(last.activation)) last.activation = activation;
    } else {
      tokens.push({ text, activation });
    }
    if (position === example.position) peak = tokens.length - 1;
  }
  return {
    rank: place.rank,
    activation: example.activation,
    domain: context.domain === null ? null : (place.domains[context.domain] ?? null),
    row: context.row,
    position: example.position,
    peak,
    tokens,
    duplicates: example.duplicates,
  };
}
