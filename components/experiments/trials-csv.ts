import { toCsv } from "@/components/ui/save-file";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { domainWords, isChosen } from "./trial-words";

const head = [
  ...["stage", "arm", "trial", "setting", "trainedOn", "adapter", "learningRate", "seed", "steps", "status", "step"],
  ...["evaluatedStep", "loss", "baseLoss", "difference", "differenceHalfWidth95", "metric", "metricValue", "metricConstant"],
  ...["trainableParameters", "medianStepMs", "isChosen", "run", "error"],
];

/** Every trial with its setting and results, unrounded. */
export function trialsCsv(detail: ExperimentDetail): string {
  return toCsv(
    head,
    detail.trials.map((trial) => {
      const { stage, arm, setting, domainSet, adapter, learningRate, seed, steps, status, step, evaluation } = trial;
      const place = [stage, detail.request.arms[arm]?.name ?? null, trial.trial + 1, setting + 1, domainWords(detail, domainSet)];
      const losses = [evaluation?.step ?? null, evaluation?.loss ?? null, evaluation?.baseLoss ?? null, evaluation?.difference ?? null];
      const answer = evaluation?.answer ?? null;
      const metric = [answer?.name ?? null, answer?.value ?? null, answer?.constant ?? null];
      const rest = [trial.trainableParameters, trial.medianStepMs, String(isChosen(trial, detail)), trial.run?.id ?? null, trial.error];
      return [
        ...place,
        ...[JSON.stringify(adapter), learningRate, seed, steps, status, step],
        ...losses,
        evaluation?.differenceHalfWidth ?? null,
        ...metric,
        ...rest,
      ];
    }),
  );
}
