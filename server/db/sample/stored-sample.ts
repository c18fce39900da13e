import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import type { collections } from "@/server/db/tables/collection-tables";
import type { runs } from "@/server/db/tables/run-tables";
import type { CopiedRows } from "./copied-rows";

type RunRow = typeof runs.$inferSelect;
type CollectionRow = typeof collections.$inferSelect;

/** A trained run's row without what only its own database knows. */
export type SampleRun = Pick<
  RunRow,
  | "name"
  | "method"
  | "modelName"
  | "dataName"
  | "seed"
  | "config"
  | "step"
  | "steps"
  | "latestEvaluation"
  | "cost"
  | "provenance"
  | "startedAt"
  | "finishedAt"
>;

export type SampleCollection = Pick<
  CollectionRow,
  | "name"
  | "settings"
  | "step"
  | "positionKind"
  | "positions"
  | "maxPositions"
  | "contexts"
  | "domains"
  | "modules"
  | "k"
  | "numLatents"
  | "shards"
  | "coFiringSampled"
  | "probes"
  | "trainingSteps"
  | "seconds"
  | "createdAt"
>;

/** A finished run with one finished collection: their rows, and those of all tables that belong to them, by the table's name. */
export type StoredSample = {
  readonly run: SampleRun;
  readonly collection: SampleCollection;
  readonly tables: Readonly<Record<string, CopiedRows>>;
  /** Texts of tokens, by the numbers that packed lists name them by. */
  readonly texts: readonly string[];
};

/** What a sample was trained with and on, wherever its files lie on this machine. */
export type SampleLibrary = {
  readonly model: Omit<ModelSummary, "id" | "createdAt">;
  readonly dataSet: Omit<DataSetSummary, "id" | "createdAt">;
};
