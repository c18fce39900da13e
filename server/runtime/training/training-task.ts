import type { EvaluationMetrics } from "@/lib/contract/run";
import type { RunConfig } from "@/lib/contract/run-config";
import type { Trained } from "@/server/engine/adapters/trained";
import type { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { RowLoss } from "@/server/engine/evaluation/row-losses";
import type { Objective } from "@/server/engine/training/objective";
import type { Turns } from "@/server/runtime/device-turns";
import type { FolderOf } from "./trained-part";
import type { SavedSession } from "./training-checkpoint";

/** What is kept of an evaluated row: its loss, and where a head gives one number the answer that is predicted and the right one. */
export type HeldOutRow = RowLoss & { readonly answer?: { readonly predicted: number; readonly target: number } };

/** An evaluation with what is kept of each of its rows, in their order. */
export type HeldOutEvaluation = { readonly metrics: EvaluationMetrics; readonly rows: readonly HeldOutRow[] };

/** Held-out rows that what is trained is measured on. */
export type HeldOutMeasurement = {
  readonly isEmpty: boolean;
  /** @throws Error when aborted, TrainingError for a loss that is not a number */
  measure(step: number, signal: AbortSignal): Promise<HeldOutEvaluation>;
};

/** What a session trains: whether it continues text or classifies it is known here alone. */
export type StartedTask = {
  /** Undefined where the head is trained alone. */
  readonly trained: Trained | undefined;
  /** Trained beside it, of a classification or a regression. */
  readonly head: TrainedHead | undefined;
  readonly objective: Objective;
  readonly evaluation: HeldOutMeasurement;
  /** Beside what every run has. */
  readonly provenance: Readonly<Record<string, string>>;
  /** Names of the classes by number, of a classification. */
  readonly labels: readonly string[] | undefined;
  /** What is trained, and the head. */
  free(): void;
};

/** Rows that are read, before anything is on the device. */
export type PreparedTask = {
  readonly trainRows: number;
  readonly heldOutRows: number;
  /** Why rows are left out, as a person reads it; undefined where none is. */
  readonly leftOut: string | undefined;
  /** What to say of rows beyond the original context of a model whose positions are scaled; null or absent where there are none. */
  readonly longContext?: string | null;
  /** SHA-256 of the data's files. */
  readonly dataHash: string;
  readonly folderOf: FolderOf;
  /** Forward, of the frozen model alone. */
  readonly baseFlopsPerToken: number;
  /** In one turn of the device. */
  start(saved: SavedSession | null): StartedTask;
};

export type TaskOptions = {
  readonly config: RunConfig;
  /** As the adapter's file names it. */
  readonly about: { readonly baseModel: string; readonly revision: string | null };
  readonly turns: Turns;
  readonly signal: AbortSignal;
};
