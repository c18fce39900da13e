import type { RawModelConfig } from "./config-keys";
import type { DecoderRole } from "./decoder-config";

/** How a tensor of a GGUF file becomes that of the checkpoint. */
export type GgufConversion =
  | { readonly kind: "same" }
  /** llama.cpp interleaves the two halves of each rotary head in the rows of q and k. */
  | { readonly kind: "rotaryRows"; readonly heads: number }
  /** GPT-2's Conv1D weights are (in, out) at Hugging Face, (out, in) in GGUF. */
  | { readonly kind: "transposed" }
  /** Rows of q, k and v one below the other in GGUF, head by head at Hugging Face. */
  | { readonly kind: "rowsByHead"; readonly heads: number }
  /** Gemma's norms multiply by 1 + w: GGUF holds that, Hugging Face w. */
  | { readonly kind: "lessOne" };

export const SAME: GgufConversion = { kind: "same" };

/** What an architecture reads of a GGUF file. Keys are without the architecture's name before them; a key that is missing is an error unless there is a fallback. */
export type GgufMetadata = {
  text(key: string, fallback?: string): string;
  number(key: string, fallback?: number): number;
  flag(key: string, fallback?: boolean): boolean;
  hasTensor(name: string): boolean;
  /** A tensor of the file, for one that is small. */
  values(name: string): readonly number[];
  /** The error that refuses the file: its path, then the problem. */
  refusal(problem: string): Error;
};

/** How an architecture is stored in GGUF. */
export type GgufForm = {
  /** `general.architecture` */
  readonly name: string;
  /** Whether a file of this name is of this architecture, where several share the name; true unless told. */
  isOwn?(metadata: GgufMetadata): boolean;
  /** The keys of `config.json` that the metadata stands for, vocabulary and special tokens aside. */
  config(metadata: GgufMetadata): RawModelConfig;
  /** @param config what `config` gave */
  conversion(role: DecoderRole, part: "weight" | "bias", config: RawModelConfig): GgufConversion;
};

/** GGUF stores float32; 1e-5 comes out as 0.000009999999747378752. Seven digits name the same float32. */
export function shortest(value: number): number {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}
