import { comparisonOf } from "@/components/shell/compared-with";
import { toCsv } from "@/components/ui/save-file";
import type { RunSummary } from "@/lib/contract/run";

/** The listed runs with every number of the table, unrounded. */
export function runsCsv(runs: readonly RunSummary[]): string {
  const header = [
    "run",
    "id",
    "method",
    "model",
    "data",
    "seed",
    "isImported",
    "status",
    "step",
    "steps",
    "trainableParameters",
    "activeParameters",
    "evaluationLoss",
    "baseLoss",
    "difference",
    "differenceHalfWidth95",
    "evaluationRows",
    "comparedWith",
    "metric",
    "metricValue",
    "medianStepMs",
    "peakMemoryBytes",
    "createdAt",
  ];
  return toCsv(
    header,
    runs.map((run) => [
      run.name,
      run.id,
      run.method,
      run.modelName,
      run.dataName,
      run.seed,
      run.isImported ? "yes" : "no",
      run.status,
      // An import without a trainer's log says nothing of its steps.
      run.isImported && run.steps === 0 ? null : run.step,
      run.isImported && run.steps === 0 ? null : run.steps,
      run.cost?.trainableParameters ?? null,
      run.cost?.activeParameters ?? null,
      run.latestEvaluation?.loss ?? null,
      run.latestEvaluation?.baseLoss ?? null,
      run.latestEvaluation?.difference ?? null,
      run.latestEvaluation?.differenceHalfWidth ?? null,
      run.latestEvaluation?.rows ?? null,
      run.latestEvaluation ? comparisonOf(run.latestEvaluation).name : null,
      run.latestEvaluation?.answers?.[0]?.name ?? null,
      run.latestEvaluation?.answers?.[0]?.value ?? null,
      run.cost?.medianStepMs ?? null,
      run.cost?.peakMemoryBytes ?? null,
      run.createdAt,
    ]),
  );
}
