import type { Architecture } from "./architecture";
import { architectureOf } from "./architectures";
import { isDiffusionName } from "./diffusion/diffusion-architectures";
import { isVisionLanguageName } from "./vision-language/vision-language-names";

/** What a base model does: continue text, alone or with images, read a text or an image whole, or denoise images. */
export type BaseModelKind = Architecture["kind"] | "visionLanguage" | "diffusion";

/** By the name of its architecture, or of a diffusion model's class; undefined where that is not supported. */
export function modelKindOf(architecture: string): BaseModelKind | undefined {
  if (isVisionLanguageName(architecture)) return "visionLanguage";
  return isDiffusionName(architecture) ? "diffusion" : architectureOf(architecture)?.kind;
}
