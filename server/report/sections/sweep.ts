import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { lossUnit, type TaskKind, tasks } from "@/lib/contract/tasks/tasks";
import { formatFixed, formatInteger, formatSetting, formatSigned } from "@/lib/numbers/format";
import type { Block, Cell, Section, Table } from "@/server/report/document";
import type { ReportMaterial } from "@/server/report/material";
import { rateFigures } from "./rates";
import { sizeMaps } from "./size-map";

/** Every trial of the search, chosen or not, and how much the loss hangs on the learning rate. */
export function sweepSection({ experiment, comparison: { sides } }: ReportMaterial): Section | undefined {
  if (experiment === null) return undefined;
  const task = sides[0]?.task ?? "languageModel";
  const figures = rateFigures(experiment, task);
  const blocks: Block[] = [];
  if (figures.length > 0) {
    const text =
      "Each point is a complete trial (with several seeds, their mean and range). Where a curve still falls at its end, a better learning rate may lie beyond.";
    blocks.push({ kind: "paragraph", text }, { kind: "figures", figures });
  }
  blocks.push(...sizeMaps(experiment).map((table) => ({ kind: "table" as const, ...table })));
  for (const stage of ["probe", "sweep", "final"] as const) {
    // Those that have finished stand among the runs that are compared.
    const trials = experiment.trials.filter((trial) => trial.stage === stage && (stage !== "final" || trial.status !== "finished"));
    if (trials.length > 0) blocks.push({ kind: "table", ...trialTable(trials, { experiment, task, caption: captions[stage] }) });
  }
  return { title: "Every trial", blocks };
}

const captions: Record<ExperimentTrial["stage"], string> = {
  probe: "Probes: short trainings that time a step at every size",
  sweep: "Every trial of the sweep, measured on selection rows",
  final: "Unfinished final runs",
};

const statuses: Record<ExperimentTrial["status"], string> = {
  waiting: "waiting",
  queued: "queued",
  running: "training",
  stopping: "stopping",
  finished: "finished",
  stopped: "stopped by hand",
  stoppedEarly: "stopped early",
  cancelled: "cancelled",
  failed: "failed",
  removed: "run removed",
};

type TrialTable = { readonly experiment: ExperimentDetail; readonly task: TaskKind; readonly caption: string };

function trialTable(trials: readonly ExperimentTrial[], { experiment, task, caption }: TrialTable): Table {
  const { request, choices } = experiment;
  const [answer] = trials.flatMap(({ evaluation }) => evaluation?.answer ?? []);
  const hasSets = request.domainSets !== null;
  const rows = trials.map((trial): Cell[] => {
    const { arm, adapter, learningRate, seed, steps, step, status, evaluation, error, stage, setting, domainSet } = trial;
    const isChosen =
      stage === "sweep" &&
      choices.some((choice) => choice.arm === arm && choice.domainSet === domainSet && settingOf(choice, experiment) === setting);
    const value = evaluation?.answer?.value ?? null;
    return [
      { text: request.arms[arm]?.name ?? "arm", isStrong: isChosen },
      { text: methodOf(adapter).describe(adapter), isStrong: isChosen },
      formatSetting(learningRate),
      ...(hasSets ? [domainSet === null ? "all" : (request.domainSets?.[domainSet]?.join(", ") ?? "")] : []),
      String(seed),
      step === steps ? formatInteger(step) : `${formatInteger(step)} of ${steps === null ? "?" : formatInteger(steps)}`,
      evaluation === null ? "–" : { text: formatFixed(evaluation.loss, 4), isStrong: isChosen },
      evaluation === null
        ? "–"
        : {
            text: formatSigned(evaluation.difference, 4),
            ...(evaluation.differenceHalfWidth === null ? {} : { below: `±\u00a0${formatFixed(evaluation.differenceHalfWidth, 4)}` }),
          },
      ...(answer === undefined ? [] : [value === null ? "–" : formatFixed(value, 4)]),
      { text: isChosen ? `${statuses[status]}, chosen` : statuses[status], ...(error === null ? {} : { below: error }) },
    ];
  });
  const columns = [
    { name: "Arm" },
    { name: "Adapter" },
    { name: "Learning rate", isNumeric: true },
    ...(hasSets ? [{ name: "Trained on" }] : []),
    { name: "Seed", isNumeric: true },
    { name: "Step", isNumeric: true },
    { name: "Loss", unit: lossUnit(tasks[task].loss), isNumeric: true },
    { name: `Difference from the ${tasks[task].reference.kind}`, unit: "mean over rows, 95 %", isNumeric: true },
    ...(answer === undefined ? [] : [{ name: answer.name, isNumeric: true }]),
    { name: "Status" },
  ];
  return { caption, columns, rows };
}

/** The setting of a choice's trial. */
function settingOf({ arm, trial }: ExperimentDetail["choices"][number], { trials }: ExperimentDetail): number | undefined {
  return trials.find((one) => one.stage === "sweep" && one.arm === arm && one.trial === trial)?.setting;
}
