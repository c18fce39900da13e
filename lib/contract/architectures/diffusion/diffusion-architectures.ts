import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { demandPlainWeights } from "@/lib/contract/architectures/quantised-weights";
import type { DiffusionArchitecture } from "./diffusion-architecture";
import type { DiffusionConfig as Variant } from "./diffusion-config";
import { dit } from "./dit";

/** Every diffusion model by the class that its `config.json` names. One is added by a file and its line here. */
const diffusionArchitectures = {
  DiTTransformer2DModel: dit,
  Transformer2DModel: dit,
} satisfies Record<string, DiffusionArchitecture>;

export type DiffusionName = keyof typeof diffusionArchitectures;

const DIFFUSION_NAMES = Object.keys(diffusionArchitectures) as readonly DiffusionName[];

/** The configuration of a model that predicts from a noisy image what is to be taken from it. */
export type DiffusionModelConfig = Variant & { readonly architecture: DiffusionName; readonly defaultTargets: readonly string[] };

/** Whether it is the class of a supported diffusion model. */
export function isDiffusionName(name: unknown): name is DiffusionName {
  return DIFFUSION_NAMES.some((known) => known === name);
}

export function diffusionOf(name: DiffusionName): DiffusionArchitecture {
  return diffusionArchitectures[name];
}

/** @throws Error naming the key, when the architecture or one of its variants is not supported or a number is out of range */
export function parseDiffusionConfig(raw: RawModelConfig): DiffusionModelConfig {
  const architecture = DIFFUSION_NAMES.find((name) => name === raw["_class_name"]);
  if (architecture === undefined) {
    throw new Error(
      `config.json: _class_name ${JSON.stringify(raw["_class_name"])} is not a supported diffusion model; supported are ${DIFFUSION_NAMES.join(", ")}`,
    );
  }
  demandPlainWeights(raw);
  const { parse, defaultTargets } = diffusionOf(architecture);
  return { ...parse(raw), architecture, defaultTargets };
}
