import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { ImportedRecord } from "@/lib/contract/import-run";
import type { StepMetrics } from "@/lib/contract/run";
import { readStatedFacts } from "./stated-facts";
import { readTrainerLog } from "./trainer-log";
import { type LoggedStep, readTrainerState, type TrainingLog } from "./trainer-state";

/** What a trainer left of a training; what it does not say is null, never 0. */
export type TrainingRecord = Pick<ImportedRecord, "curveFiles" | "epochs" | "maxSteps" | "trainingSeconds" | "evaluations" | "stated"> & {
  readonly metrics: readonly StepMetrics[];
  readonly lastStep: number | null;
  readonly seed: number | null;
};

/**
 * Reads the trainer's files in the first of these folders that has each. Where both logs are there, the state's numbers count and the log fills in what
 * it lacks. Of an adapter in a folder `checkpoint-N`, what was logged after step N is not its own.
 *
 * @throws FileError naming the file and the key
 */
export function readTrainingRecord(folders: readonly string[]): TrainingRecord {
  const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const [statePath, logPath, cardPath] = [find("trainer_state.json"), find("trainer_log.jsonl"), find("README.md")];
  const logs: TrainingLog[] = [
    ...(statePath === undefined ? [] : [readTrainerState(statePath)]),
    ...(logPath === undefined ? [] : [readTrainerLog(logPath)]),
  ];
  const checkpoint = checkpointStep(folders[0]);
  const isItsOwn = ({ step }: { readonly step: number }) => checkpoint === null || step <= checkpoint;
  const first = <Value>(from: readonly TrainingLog[], pick: (log: TrainingLog) => Value | null) =>
    from.map(pick).find((value) => value !== null) ?? null;
  // A log that continues after the checkpoint does not say how the training ended.
  const ended = logs.filter(({ lastStep }) => checkpoint === null || lastStep === null || lastStep <= checkpoint);
  const facts = cardPath === undefined ? {} : readStatedFacts(cardPath);
  const evaluations = logs.find(({ evaluations }) => evaluations.length > 0)?.evaluations ?? [];
  return {
    metrics: merged(logs.map(({ steps }) => steps))
      .filter(isItsOwn)
      .map((step) => ({ ...step, labelTokens: null })),
    evaluations: lastOfEachStep(evaluations).filter(isItsOwn),
    lastStep: checkpoint ?? furthest(logs),
    maxSteps: first(logs, (log) => log.maxSteps),
    epochs: first(ended, (log) => log.epochs),
    trainingSeconds: first(ended, (log) => log.trainingSeconds),
    curveFiles: [statePath, logPath].flatMap((path) => (path === undefined ? [] : [basename(path)])),
    stated: { ...facts, ...logs[0]?.stated },
    seed: /^\d{1,9}$/.test(facts["seed"] ?? "") ? Number(facts["seed"]) : null,
  };
}

function checkpointStep(folder: string | undefined): number | null {
  const [, step] = /^checkpoint-(\d{1,9})$/.exec(basename(folder ?? "")) ?? [];
  return step === undefined ? null : Number(step);
}

/** The last step of all logs: a trainer may write its state at checkpoints alone. */
function furthest(logs: readonly TrainingLog[]): number | null {
  const steps = logs.flatMap(({ lastStep }) => lastStep ?? []);
  return steps.length === 0 ? null : steps.reduce((last, step) => Math.max(last, step));
}

/** Steps in order, each once; earlier logs count before later ones. */
function merged(logs: ReadonlyArray<readonly LoggedStep[]>): LoggedStep[] {
  const steps = new Map<number, LoggedStep>();
  for (const log of logs) {
    for (const logged of lastOfEachStep(log)) {
      const known = steps.get(logged.step);
      steps.set(logged.step, known === undefined ? logged : filled(known, logged));
    }
  }
  return [...steps.values()].sort((a, b) => a.step - b.step);
}

function filled(known: LoggedStep, other: LoggedStep): LoggedStep {
  return {
    ...known,
    gradNorm: known.gradNorm ?? other.gradNorm,
    learningRate: known.learningRate ?? other.learningRate,
    tokens: known.tokens ?? other.tokens,
    seconds: known.seconds ?? other.seconds,
  };
}

/** A training that was resumed logs a step twice: the later entry holds. */
function lastOfEachStep<Entry extends { readonly step: number }>(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.step, entry])).values()].sort((a, b) => a.step - b.step);
}
