/** Models that continue texts with images, by `model_type`. */
export const VISION_LANGUAGE_NAMES: readonly string[] = ["llava"];

export function isVisionLanguageName(name: unknown): boolean {
  return VISION_LANGUAGE_NAMES.some((known) => known === name);
}

/**
 * Last parts of the modules that carry an adapter by default, of those that write to the residual stream, and of the one that the feed-forward part ends
 * in: those of the language models that such a model can have.
 */
export const TEXT_MODULES = {
  defaultTargets: ["q_proj", "v_proj"],
  residualWriters: ["o_proj", "down_proj"],
  down: "mlp.down_proj",
} as const;
