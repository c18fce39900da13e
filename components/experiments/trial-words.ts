import type { StatusTone } from "@/components/ui/status";
import type { ExperimentDetail, ExperimentStage, ExperimentStatus, ExperimentTrial, TrialStatus } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { formatFixed, formatPlural, formatSetting } from "@/lib/numbers/format";

export const trialStates: Record<TrialStatus, { word: string; tone: StatusTone }> = {
  waiting: { word: "Waiting", tone: "waiting" },
  queued: { word: "Queued", tone: "waiting" },
  running: { word: "Training", tone: "live" },
  stopping: { word: "Stopping", tone: "live" },
  finished: { word: "Finished", tone: "done" },
  stopped: { word: "Stopped by hand", tone: "off" },
  stoppedEarly: { word: "Stopped early", tone: "off" },
  cancelled: { word: "Cancelled", tone: "off" },
  failed: { word: "Failed", tone: "bad" },
  removed: { word: "Run removed", tone: "off" },
};

export const experimentStates: Record<ExperimentStatus, { word: string; tone: StatusTone }> = {
  running: { word: "Running", tone: "live" },
  finished: { word: "Finished", tone: "done" },
  failed: { word: "Failed", tone: "bad" },
  cancelled: { word: "Cancelled", tone: "off" },
};

export const stageNames: Record<ExperimentStage, string> = {
  probe: "Step times",
  sweep: "Sweep",
  final: "Final runs",
  measure: "Benchmarks",
};

/** The training domains of a side; empty if all are trained together. */
export function domainWords({ request }: Pick<ExperimentDetail, "request">, domainSet: number | null): string {
  return request.domainSets?.[domainSet ?? -1]?.join(", ") ?? "";
}

/** An arm, with its training domains if there are several sets. */
export function sideName(
  { request }: Pick<ExperimentDetail, "request">,
  { arm, domainSet }: Pick<ExperimentTrial, "arm" | "domainSet">,
): string {
  const domains = domainWords({ request }, domainSet);
  return `${request.arms[arm]?.name ?? "arm"}${domains === "" ? "" : ` on ${domains}`}`;
}

/** Whether a trial's setting was selected for its arm's final runs on the same domains. */
export function isChosen(trial: ExperimentTrial, { choices, trials }: Pick<ExperimentDetail, "choices" | "trials">): boolean {
  if (trial.stage !== "sweep") return false;
  const choice = choices.find((one) => one.arm === trial.arm && one.domainSet === trial.domainSet);
  const chosen = trials.find((one) => one.stage === "sweep" && one.arm === choice?.arm && one.trial === choice.trial);
  return chosen?.setting === trial.setting;
}

/** Why a side's setting was selected, in a sentence or two. */
export function choiceWords(choice: ExperimentDetail["choices"][number], trials: readonly ExperimentTrial[]): string {
  const { arm, trial, loss, bySeed, runnerUp, tried, failed, stoppedEarly, isAtEdge } = choice;
  const chosen = trials.find((one) => one.stage === "sweep" && one.arm === arm && one.trial === trial);
  const setting =
    chosen === undefined ? "" : `${methodOf(chosen.adapter).settingOf(chosen.adapter)} at ${formatSetting(chosen.learningRate)}: `;
  const mean =
    bySeed.length > 1 ? `, mean over ${formatPlural(bySeed.length, "seed")} (${bySeed.map((one) => formatFixed(one, 4)).join(", ")})` : "";
  const next = runnerUp === null ? "" : `; runner-up ${formatFixed(runnerUp.loss, 4)}`;
  const lost = [failed > 0 ? `${failed} failed` : "", stoppedEarly > 0 ? `${stoppedEarly} stopped early` : ""].filter(Boolean).join(", ");
  const edge = isAtEdge === null ? "" : ` This is the ${isAtEdge} learning rate tried: the optimum may lie beyond.`;
  return `${setting}lowest loss on selection rows, ${formatFixed(loss, 4)}${mean}${next}; of ${tried} trials${lost === "" ? "" : ` (${lost})`}.${edge}`;
}
