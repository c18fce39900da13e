import type { Edit } from "@/lib/contract/edit";
import type { RunConfig } from "@/lib/contract/run-config";
import type { LoadedModel } from "@/server/runtime/models/loaded-model";

/** What is evaluated, on which rows. */
export type Evaluated = {
  readonly model: LoadedModel;
  /** Of what was trained. */
  readonly folder: string;
  readonly data: RunConfig["data"];
  /** Undefined where none are given. */
  readonly edits: { readonly path: string; readonly list: readonly Edit[] } | undefined;
  /** Tokens kept of a row. */
  readonly maxTokens: number;
  readonly maxRows: number;
  readonly signal: AbortSignal;
};

/** Losses and rows of what was trained, as they are written. @throws FileError where nothing can be evaluated */
export type TaskEvaluation = (evaluated: Evaluated) => Promise<object>;
