import type { RawModelConfig } from "./config-keys";
import type { DecoderConfig, FusedLayout, GatedLayout, JoinedLayout } from "./decoder-config";
import type { EncoderNames, EncoderVariant } from "./encoder-config";
import type { GgufForm } from "./gguf-form";
import type { VisionArchitecture } from "./vision/vision-architecture";

type Described = {
  /** Last parts of the module names that carry an adapter by default. */
  readonly defaultTargets: readonly string[];
  /** Last parts of the names of projections whose output is added to the residual stream, as it is or after a norm: their vectors can be read as logits. */
  readonly residualWriters: readonly string[];
};

/** A model that continues text. */
export type DecoderArchitecture = Described & {
  readonly kind: "decoder";
  readonly layout: GatedLayout | JoinedLayout | FusedLayout;
  /** Forms of names that checkpoints of this architecture also have. */
  readonly stored: {
    /** Tensors that are no weights: masks and tables of positions. */
    readonly buffers: RegExp;
    /** What some checkpoints leave out before all names but the head's. */
    readonly omittedPrefix?: string;
    /** Other names of whole tensors. */
    readonly aliases?: Readonly<Record<string, string>>;
    /** Other spellings of parts of names, each with the architecture's own. */
    readonly respelled?: readonly (readonly [pattern: RegExp, own: string])[];
  };
  /** Undefined where no GGUF file has a name for it. */
  readonly gguf: GgufForm | undefined;
  /**
   * Reads the keys of `config.json` that the forward pass depends on.
   *
   * @throws Error naming the key, when a variant is not supported or a number is missing
   */
  parse(raw: RawModelConfig): DecoderConfig;
};

/** A model that reads a whole text and classifies it. */
export type EncoderArchitecture = Described & {
  readonly kind: "encoder";
  readonly names: EncoderNames;
  /** @throws Error as a decoder's */
  parse(raw: RawModelConfig): EncoderVariant;
};

export type Architecture = DecoderArchitecture | EncoderArchitecture | VisionArchitecture;
