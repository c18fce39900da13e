import type { ReadPictureRequest } from "@/lib/contract/read-picture";
import type { AnswerDoseRequest, ReadTextRequest, TextAnswer } from "@/lib/contract/read-text";
import type { RunConfig } from "@/lib/contract/run-config";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { AnswerBase, Precision } from "./models/load-base-model";
import type { Runtime } from "./runtime";

/** What an input is read with. */
export type ReadingOptions<Request> = {
  readonly runtime: Runtime;
  readonly modelPath: string;
  readonly precision: Precision;
  readonly adapterFolder: string;
  readonly request: Request;
  /** Of an encoder: the answer that does not look at the input; null where it is not known. */
  constantAnswer(base: AnswerBase): Promise<TextAnswer | null>;
  /** Of an encoder: latents that a dose is held against. */
  doseControls(adapter: Adapter, dose: AnswerDoseRequest): Promise<number[]>;
  readonly signal: AbortSignal;
  /** A monotonic clock, milliseconds. */
  now(): number;
};

export type ReadTextOptions = ReadingOptions<ReadTextRequest>;

export type ReadPictureOptions = ReadingOptions<ReadPictureRequest> & {
  /** The rows among which a picture is: those of the run, or those that a collection of it read. @throws Error saying what is missing */
  pictureData(collectionId: string | undefined): Promise<RunConfig["data"]>;
};
