import type { z } from "zod";
import type { PositionWords } from "@/lib/contract/positions/position-kind";

/** Which file of a table of latents: CSV and Parquet of a collection, `latents.csv` of the headless command. */
export type FileFormat = "csv" | "parquet" | "headless";

/** How a value is written for a person; `components/latents/column-format.ts` writes each. */
export type ColumnFormat = "count" | "density" | "number" | "percent" | "fraction" | "nats";

/** One column of the table of latents: all that any list, file or page must know of it. Its name is its key in `latentColumns`. */
export type LatentColumn = {
  /** Its value in a row. */
  readonly schema: z.ZodType;
  /** What it is, in one sentence without a full stop. @param one `latent` or `component` @param positions what the latent fires at */
  readonly explain: (one: string, positions: PositionWords) => string;
  /** `firings`: a number computed from a pass's accumulators, in `server/engine/features/latent-statistics.ts`. */
  readonly source: "firings" | "other";
  /** Of a plain value. */
  readonly type?: "text" | "integer" | "real";
  /** The column of the database's table `latents`, where it is a plain number there. `isKnown`: never null. */
  readonly stored?: { readonly column: string; readonly isKnown?: true };
  /** How it is packed for sorting and filtering. */
  readonly packed?: "int32" | "float32";
  /** Its place in each file, where its value is written as it is. A column that was published keeps its place; a new one takes the next. */
  readonly files?: { readonly [Format in FileFormat]?: number };
  /** Whether it is meaningful only for sparse latents, as whatever counts firings is, or only for dense components. For both when absent. */
  readonly only?: "sparse" | "dense";
  /** What it is called in a sentence: "sorted by mean square". */
  readonly word?: string;
  readonly format?: ColumnFormat;
  readonly unit?: string;
  /** Rows can be sorted by it. `place` counts by tens in a narrow screen's list, the most telling first; `first` is the order of a first click. */
  readonly sort?: { readonly place: number; readonly first: "asc" | "desc" };
  /** Its histogram stands in the table's head, and a range of it filters. */
  readonly isFiltered?: true;
  /** In the table, for whoever chooses columns. */
  readonly table?: TableFacts;
  /** Listed among the statistics on a latent's page; what is not has a place of its own there. */
  readonly isListed?: true;
};

export type TableFacts = {
  /** Counts by tens, from the left. */
  readonly place: number;
  readonly name: string;
  /** Pixels; of a column that `grows`, the least. */
  readonly width: number;
  readonly grows?: true;
  /** Where there is no room for all, the lowest gives way first. */
  readonly rank: number;
  /** Shown until a person chooses other columns: in tables of latents, of LoRA's components, or both. Hidden where absent. */
  readonly shownFor?: "latents" | "components" | "both";
};
