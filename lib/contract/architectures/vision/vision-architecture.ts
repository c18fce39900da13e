import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import type { VisionConfig, VisionNames } from "./vision-config";

/** A model that reads a whole image and classifies it. */
export type VisionArchitecture = {
  readonly kind: "imageEncoder";
  readonly names: VisionNames;
  /** Last parts of the module names that carry an adapter by default. */
  readonly defaultTargets: readonly string[];
  /** None: an image has no vocabulary that vectors could be read as logits of. */
  readonly residualWriters: readonly [];
  /** Forms of names that checkpoints and adapters of this architecture also have. */
  readonly stored: {
    /** Tensors within the prefix or outside it that a classifier has no use for: mask tokens, poolers, a text encoder. */
    readonly ignored: readonly RegExp[];
    /** Older spellings of parts of names, each with the live model's, in the order in which they are applied. */
    readonly respelled: readonly (readonly [pattern: RegExp, own: string])[];
    /** A module of older files whose rows are those of two modules, one below the other: parts of their names. */
    readonly joined?: { readonly stored: string; readonly parts: readonly [string, string] };
  };
  /**
   * Reads the keys of `config.json` that the forward pass depends on.
   *
   * @throws Error naming the key, when a variant is not supported or a number is out of range
   */
  parse(raw: RawModelConfig): VisionConfig;
};
