import type { RunSummary } from "@/lib/contract/run";
import { isDrawn } from "./difference-axis";

/** The base model on the rows that every listed run was evaluated on. */
export type BaseModel = { readonly modelName: string; readonly parameters: number | null; readonly loss: number };

/** Losses of one model on the same rows differ by no more than rounding, nats. */
const rounding = 1e-4;

/** What the listed runs are compared with; null where they were not all evaluated on the same rows of one base model. */
export function baseModelOf(runs: readonly RunSummary[]): BaseModel | null {
  const evaluated = runs.flatMap((run) =>
    run.latestEvaluation !== null && isDrawn(run) ? [{ run, evaluation: run.latestEvaluation }] : [],
  );
  const [first] = evaluated;
  if (first === undefined) return null;
  const isSame = evaluated.every(
    ({ run, evaluation }) =>
      run.modelId === first.run.modelId &&
      run.dataName === first.run.dataName &&
      evaluation.rows === first.evaluation.rows &&
      Math.abs(evaluation.baseLoss - first.evaluation.baseLoss) < rounding,
  );
  if (!isSame) return null;
  const parameters = evaluated.find(({ run }) => run.cost !== null)?.run.cost?.baseParameters ?? null;
  return { modelName: first.run.modelName, parameters, loss: first.evaluation.baseLoss };
}
