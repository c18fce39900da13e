import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { demandTask } from "@/lib/contract/architectures/encoder-keys";
import { demandPlainWeights } from "@/lib/contract/architectures/quantised-weights";
import { clip, siglip } from "./clip";
import { dinov2, dinov2WithRegisters } from "./dinov2";
import type { VisionArchitecture } from "./vision-architecture";
import type { VisionConfig as Variant } from "./vision-config";
import { vit } from "./vit";

/** Every vision encoder by its `model_type`, also a tower within a model of images and texts. One is added by a file and its line here. */
const visionArchitectures = {
  vit,
  dinov2,
  dinov2_with_registers: dinov2WithRegisters,
  clip,
  clip_vision_model: clip,
  siglip,
  siglip_vision_model: siglip,
} satisfies Record<string, VisionArchitecture>;

export type VisionName = keyof typeof visionArchitectures;

export const VISION_NAMES = Object.keys(visionArchitectures) as readonly VisionName[];

/** The configuration of a model that reads a whole image and classifies it. */
export type VisionEncoderConfig = Variant & { readonly architecture: VisionName; readonly defaultTargets: readonly string[] };

export function visionOf(name: VisionName): VisionArchitecture {
  return visionArchitectures[name];
}

/** @throws Error naming the key, when the architecture or one of its variants is not supported or a number is out of range */
export function parseVisionConfig(raw: RawModelConfig): VisionEncoderConfig {
  const architecture = VISION_NAMES.find((name) => name === raw["model_type"]);
  if (architecture === undefined) {
    throw new Error(
      `config.json: model_type ${JSON.stringify(raw["model_type"])} is not a supported vision encoder; supported are ${VISION_NAMES.join(", ")}`,
    );
  }
  demandPlainWeights(raw);
  demandTask(raw);
  const { parse, defaultTargets } = visionOf(architecture);
  return { ...parse(raw), architecture, defaultTargets };
}
