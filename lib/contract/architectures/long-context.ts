import type { DecoderConfig } from "./decoder-config";
import type { RopeScaling } from "./rope-scaling";

/** Whether rotary scaling is chosen by how long texts may become. */
export function dependsOnContext(config: Pick<DecoderConfig, "rotary">): boolean {
  return scalings(config).some(({ kind }) => kind === "dynamic" || kind === "longrope");
}

/** The texts that a model read before its positions were scaled, and how they are scaled, in words. */
export type OriginalContext = { readonly tokens: number; readonly scaling: string };

/** Null for a model whose positions are not scaled. */
export function originalContext(config: Pick<DecoderConfig, "rotary">): OriginalContext | null {
  const stretched = scalings(config).flatMap((scaling) => (scaling.kind === "none" ? [] : [scaling]));
  const [shortest] = stretched.toSorted((a, b) => a.originalContextLength - b.originalContextLength);
  return shortest === undefined ? null : { tokens: Math.floor(shortest.originalContextLength), scaling: inWords(shortest) };
}

/**
 * What to say of texts that are longer than those that a model read before its positions were scaled; null where they are not.
 *
 * @param tokens of the longest text
 */
export function longContextWarning(config: Pick<DecoderConfig, "rotary">, tokens: number): string | null {
  const original = originalContext(config);
  if (original === null || tokens <= original.tokens) return null;
  return `texts of ${tokens} tokens exceed the model's original context of ${original.tokens} tokens; its positions are scaled: ${original.scaling}`;
}

function scalings({ rotary }: Pick<DecoderConfig, "rotary">): RopeScaling[] {
  return [rotary ?? []].flat().map(({ scaling }) => scaling);
}

function inWords(scaling: Exclude<RopeScaling, { kind: "none" }>): string {
  return scaling.kind === "longrope" ? "longrope, with the factors for long contexts" : `${scaling.kind}, factor ${scaling.factor}`;
}
