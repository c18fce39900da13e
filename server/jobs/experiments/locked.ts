import type { Store } from "@/server/db/client";
import type { ExperimentRow } from "@/server/db/experiments/experiments";

/** What was written down, to be queued when the transaction is through. */
export type Started = { readonly runs: string[]; readonly tasks: string[] };

/** An experiment whose lock this transaction holds. */
export type Locked = { readonly db: Store["db"]; readonly experiment: ExperimentRow; readonly started: Started };
