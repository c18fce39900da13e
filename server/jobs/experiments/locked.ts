import type { Store } from "@/server/db/client";
import type { ExperimentRow } from "@/server/db/experiments/experiments";

/** An experiment whose lock this transaction holds. */
export type Locked = { readonly db: Store["db"]; readonly experiment: ExperimentRow };
