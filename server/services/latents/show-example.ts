import type { LatentContext, LatentExample } from "@/lib/contract/latent";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import type { StoredContext } from "@/server/db/latents/latents";
import type { StoredExample } from "@/server/db/latents/pack-examples";

/** An example as a person reads it. */
export function showExample(
  example: StoredExample,
  context: StoredContext,
  place: { rank: number; domains: readonly string[]; kind: PositionKind },
): LatentExample {
  const activationAt = new Map<number, number>();
  for (let i = 0; i < example.firingPositions.length; i++) {
    activationAt.set(example.firingPositions[i] ?? -1, example.firingActivations[i] ?? 0);
  }
  const window = { from: example.from, to: example.to };
  const { tokens, placeOf } = join(context, window, place.kind, (position) => activationAt.get(position) ?? 0);
  return {
    rank: place.rank,
    activation: example.activation,
    domain: domainOf(context, place.domains),
    context: context.context,
    row: context.row,
    position: example.position,
    peak: placeOf(example.position),
    tokens: tokens.map(({ text, activation }) => ({ text, activation: activation ?? 0 })),
    duplicates: example.duplicates,
    ...shownOf(context),
  };
}

/** A whole row of the corpus, with a latent's activations in the windows that are stored of it. */
export function showContext(
  context: StoredContext,
  windows: readonly StoredExample[],
  place: { domains: readonly string[]; kind: PositionKind },
): LatentContext {
  const activationAt = new Map<number, number>();
  for (const { from, to } of windows) for (let position = from; position < to; position++) activationAt.set(position, 0);
  for (const { firingPositions, firingActivations } of windows) {
    for (let i = 0; i < firingPositions.length; i++) activationAt.set(firingPositions[i] ?? -1, firingActivations[i] ?? 0);
  }
  const whole = { from: 0, to: context.texts.length };
  const { tokens } = join(context, whole, place.kind, (position) => activationAt.get(position) ?? null);
  return { row: context.row, domain: domainOf(context, place.domains), tokens, ...shownOf(context) };
}

function shownOf({
  columns,
  leading,
  answer,
  hasImage,
  hasClean,
}: StoredContext): Pick<LatentExample, "grid" | "answer" | "hasImage" | "hasClean"> {
  return {
    ...(columns === null ? {} : { grid: { columns, leading: leading ?? 0 } }),
    ...(answer === null ? {} : { answer }),
    ...(hasImage ? { hasImage } : {}),
    ...(hasClean ? { hasClean } : {}),
  };
}

/** What a position's activation is; null where it is not known. */
type ActivationAt = (position: number) => number | null;

/** The positions of a window as a person reads them: tokens of a text are joined to characters. */
function join({ texts }: StoredContext, { from, to }: Window, { hasVocabulary }: PositionKind, activationAt: ActivationAt): Joined {
  if (!hasVocabulary) {
    const tokens = texts.slice(from, to).map((text, at) => ({ text, activation: activationAt(from + at) }));
    return { tokens, placeOf: (position) => position - from };
  }
  // A window that begins inside a character begins with the character.
  let start = from;
  while (start > 0 && texts[start] === "") start--;
  return joinTokens(texts, { from: start, to }, activationAt);
}

type Window = { from: number; to: number };
type Joined = { tokens: LatentContext["tokens"]; placeOf: (position: number) => number };

/**
 * Tokens as characters. One whose text is empty is a later byte of the character before it: it is joined to that token, which shows the stronger of
 * their activations.
 */
function joinTokens(texts: readonly string[], { from, to }: Window, activationAt: ActivationAt): Joined {
  const tokens: LatentContext["tokens"] = [];
  const places: number[] = [];
  for (let position = from; position < Math.min(to, texts.length); position++) {
    const text = texts[position] ?? "";
    const activation = activationAt(position);
    const last = tokens.at(-1);
    if (text !== "" || last === undefined) tokens.push({ text, activation });
    else if (activation !== null && (last.activation === null || Math.abs(activation) > Math.abs(last.activation)))
      last.activation = activation;
    places.push(tokens.length - 1);
  }
  return { tokens, placeOf: (position) => places[position - from] ?? 0 };
}

function domainOf({ domain }: StoredContext, domains: readonly string[]): string | null {
  return domain === null ? null : (domains[domain] ?? null);
}
