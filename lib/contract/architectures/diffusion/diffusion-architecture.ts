import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import type { DiffusionConfig, DiffusionNames } from "./diffusion-config";

/** A model that predicts from a noisy image what is to be taken from it. */
export type DiffusionArchitecture = {
  readonly names: DiffusionNames;
  /** Last parts of the module names that carry an adapter by default. */
  readonly defaultTargets: readonly string[];
  /** Stored tensors that the model has no use for. */
  readonly ignored: RegExp;
  /**
   * Reads the keys of `config.json` that the forward pass depends on.
   *
   * @throws Error naming the key, when it is unknown, its value is not supported or a number is out of range
   */
  parse(raw: RawModelConfig): DiffusionConfig;
};
