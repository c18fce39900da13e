import type { AnswerDoseRequest, ReadTextRequest, TextAnswer } from "@/lib/contract/read-text";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { AnswerBase, Precision } from "./models/load-base-model";
import type { Runtime } from "./runtime";

/** What a text is read with. */
export type ReadTextOptions = {
  readonly runtime: Runtime;
  readonly modelPath: string;
  readonly precision: Precision;
  readonly adapterFolder: string;
  readonly request: ReadTextRequest;
  /** Of an encoder: the answer that does not look at the text; null where it is not known. */
  constantAnswer(base: AnswerBase): Promise<TextAnswer | null>;
  /** Of an encoder: latents that a dose is held against. */
  doseControls(adapter: Adapter, dose: AnswerDoseRequest): Promise<number[]>;
  readonly signal: AbortSignal;
  /** A monotonic clock, milliseconds. */
  now(): number;
};
