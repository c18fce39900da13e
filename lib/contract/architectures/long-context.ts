import type { DecoderConfig } from "./decoder-config";
import type { RopeScaling } from "./rope-scaling";

/** Whether rotary scaling is chosen by how long texts may become. */
export function dependsOnContext(config: Pick<DecoderConfig, "rotary">): boolean {
  return scalings(config).some(({ kind }) => kind === "dynamic" || kind === "longrope");
}

/**
 * What to say of texts that are longer than those that a model read before its positions were scaled; null where they are not.
 *
 * @param tokens of the longest text
 */
export function longContextWarning(config: Pick<DecoderConfig, "rotary">, tokens: number): string | null {
  for (const scaling of scalings(config)) {
    if (scaling.kind === "none" || tokens <= scaling.originalContextLength) continue;
    const original = Math.floor(scaling.originalContextLength);
    return `texts of ${tokens} tokens exceed the model's original context of ${original} tokens; its positions are scaled: ${inWords(scaling)}`;
  }
  return null;
}

function scalings({ rotary }: Pick<DecoderConfig, "rotary">): RopeScaling[] {
  return [rotary ?? []].flat().map(({ scaling }) => scaling);
}

function inWords(scaling: Exclude<RopeScaling, { kind: "none" }>): string {
  return scaling.kind === "longrope" ? "longrope, with the factors for long contexts" : `${scaling.kind}, factor ${scaling.factor}`;
}
