import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import type { ComparedItems, ComparedSide, Comparison, ComparisonScorecard, SideLatents } from "@/lib/contract/comparison";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import type { MatchedBudgets } from "@/lib/contract/matched-budgets";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunRecord } from "@/lib/contract/run";

/** What a report is made of: answers of the application as they are, and when it is made. */
export type ReportMaterial = {
  readonly title: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** Of the application that makes it. */
  readonly version: string;
  readonly comparison: Comparison;
  /** Which sides are held against one another; the pair that the report is read by comes first. At least one. */
  readonly pairs: readonly ReportedPair[];
  /** What the sides have in common with the first of the first pair. */
  readonly budgets: MatchedBudgets;
  readonly latents: {
    readonly sides: readonly { readonly side: number; readonly latents: SideLatents }[];
    readonly remarks: readonly string[];
  };
  /** Rows on which the first pair differs most to either side; null where neither was measured row by row. */
  readonly items: ReportedItems | null;
  /** Every run of the comparison, by id. */
  readonly runs: ReadonlyMap<string, ReportedRun>;
  /** As they are now; one that was removed is not among them. */
  readonly models: readonly ModelSummary[];
  readonly dataSets: readonly DataSetSummary[];
  readonly benchmarks: readonly BenchmarkSummary[];
  /** That the runs are the final runs of; null for runs that a person picked. */
  readonly experiment: ExperimentDetail | null;
};

export type ReportedPair = { readonly first: number; readonly second: number; readonly scorecard: ComparisonScorecard };

export type ReportedRun = Pick<RunRecord, "run" | "config" | "imported" | "bakedEdits" | "provenance">;

/** The ends of the rows in the order of their difference: those of the first side's advantage, and of the second's. */
export type ReportedItems = Pick<ComparedItems, "benchmark" | "counts"> & {
  readonly first: ComparedItems["items"];
  readonly second: ComparedItems["items"];
};

export type SidePair = { readonly first: ComparedSide; readonly second: ComparedSide; readonly scorecard: ComparisonScorecard };

/** The sides that each pair names. */
export function namedPairs({ comparison: { sides }, pairs }: Pick<ReportMaterial, "comparison" | "pairs">): SidePair[] {
  return pairs.flatMap(({ first, second, scorecard }) => {
    const [one, other] = [sides[first], sides[second]];
    return one === undefined || other === undefined ? [] : [{ first: one, second: other, scorecard }];
  });
}
