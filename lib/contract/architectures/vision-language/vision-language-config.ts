import type { NonlinearityName } from "@/lib/contract/architectures/nonlinearity-names";
import type { VisionEncoderConfig } from "@/lib/contract/architectures/parse-model-config";

/** How a language model reads images: a vision encoder, whose states two linear layers bring to the width of the language model. */
export type ImageInputConfig = {
  /** Its modules have the names of the live model, `model.vision_tower.…`; it has no head. */
  readonly tower: VisionEncoderConfig;
  /** Which of its hidden states are read, side by side: 0 is what enters the first block, i what leaves block i − 1, before any final norm. */
  readonly featureLayers: readonly number[];
  /** Whether the first token of each image is left out: the class token, or the first patch where a tower has none. */
  readonly dropsFirst: boolean;
  readonly projector: ProjectorConfig;
  /** The entry of the vocabulary that stands where the features of an image go, once for each. */
  readonly imageToken: number;
};

export type ProjectorConfig = {
  /** Whole names of the two layers. */
  readonly first: string;
  readonly second: string;
  readonly dIn: number;
  readonly dOut: number;
  readonly hasBias: boolean;
  /** Between the two. */
  readonly activation: NonlinearityName;
};

/** How many blocks of the tower are read; those above leave no trace. */
export function blocksRead({ featureLayers }: Pick<ImageInputConfig, "featureLayers">): number {
  return Math.max(...featureLayers);
}
