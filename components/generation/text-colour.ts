import { klMax } from "@/components/generation/strips/strips-of";
import type { Generation } from "@/components/generation/takes/generation";
import { type Ramp, rampColour, rampInk } from "@/components/plots/ramp";
import type { LatentRef } from "@/lib/contract/edit";
import type { GeneratedToken } from "@/lib/contract/generate";

/** What colours generated text: KL to the base model, or the activation of a watched latent, given by its place among them. */
export type TextColour = { readonly by: "kl" | number; readonly max: number; readonly ramp: Ramp };

/** In place of a latent's `module index`, in the address too. */
export const klKey = "kl";
export const noColourKey = "none";

export function keyOf(latent: LatentRef): string {
  return `${latent.module} ${latent.index}`;
}

/** Whether the base model is one of several arms, so that KL to it is measured while both have read the same. */
export function hasKlToBase({ arms }: Pick<Generation, "arms">): boolean {
  return arms.base !== null && (arms.adapter !== null || arms.edited !== null || arms.other !== null);
}

/**
 * What colours the text, by its key. The default is KL to the base model: a clamped latent is equally active at every token, so its
 * activation does not distinguish them. Where KL is not known it is the first watched latent (our choice).
 *
 * @returns null for nothing
 */
export function textColourOf(
  generation: Pick<Generation, "arms" | "watched">,
  wanted: string | null,
  colourMaxOf: (latent: LatentRef) => number,
): TextColour | null {
  const { watched } = generation;
  const place = watched.findIndex((latent) => keyOf(latent) === wanted);
  if (wanted === noColourKey) return null;
  if (place < 0 && hasKlToBase(generation)) return { by: "kl", max: klMax, ramp: "kl" };
  const latent = watched[Math.max(0, place)];
  return latent === undefined ? null : { by: Math.max(0, place), max: colourMaxOf(latent) || 1, ramp: "act" };
}

/** The option that is chosen. */
export function chosenKey({ watched }: Pick<Generation, "watched">, colour: TextColour | null): string {
  const latent = colour === null || colour.by === "kl" ? undefined : watched[colour.by];
  if (latent !== undefined) return keyOf(latent);
  return colour === null ? noColourKey : klKey;
}

/** Null where it was not measured. */
export function valueAt(token: GeneratedToken, colour: TextColour | null): number | null {
  if (colour === null) return null;
  return colour.by === "kl" ? token.klToBase : (token.activations[colour.by] ?? null);
}

export function isSameColour(before: TextColour | null, after: TextColour | null): boolean {
  return before?.by === after?.by && before?.max === after?.max;
}

/** How a token of this value is drawn; null where it stays plain. */
export function shadeOf(value: number | null, colour: TextColour | null): { background: string; color: string } | null {
  if (colour === null || value === null || value === 0) return null;
  return { background: rampColour(value, colour.max, colour.ramp), color: rampInk(value, colour.max, colour.ramp) };
}
