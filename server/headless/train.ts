import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { EvaluationMetrics, StepMetrics } from "@/lib/contract/run";
import { runConfig } from "@/lib/contract/run-config";
import { startEngine } from "@/server/engine/tensor/backend";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { asFileError, FileError } from "@/server/files/file-error";
import { precisionOf } from "@/server/runtime/models/load-base-model";
import { createRuntime } from "@/server/runtime/runtime";
import type { TrainingOrder, TrainingRecorder } from "@/server/runtime/training/training-events";
import { runTraining } from "@/server/runtime/training/training-session";
import type { Arguments } from "./arguments";
import { parseJsonFile } from "./json-input";
import { recordName } from "./precision-asked";

/**
 * Trains as a configuration says. The folder gets the adapter in PEFT layout, `metrics.jsonl` (a line a step),
 * `evaluations.jsonl`, `run.json` (what it cost and what made it) and `checkpoint/`. Ctrl-C writes a checkpoint,
 * from which `--resume` continues.
 */
export async function train(given: Arguments): Promise<void> {
  const config = parseJsonFile(given.required("config"), runConfig);
  const folder = given.required("output");
  const isResumed = given.isPresent("resume");
  demandFolder(folder, isResumed);
  await startEngine();
  const runtime = createRuntime(() => performance.now());
  const base = await runtime.base(config.model, precisionOf(config), "background");
  const asked = watchSignals();
  const outcome = await runTraining({
    config,
    base: base.value,
    about: { baseModel: basename(config.model), revision: null },
    adapterFolder: folder,
    checkpointFolder: checkpointOf(folder),
    isResumed,
    turns: runtime.turns,
    recorder: fileRecorder(folder),
    order: asked.order,
    signal: asked.signal,
  });
  base.release();
  if (outcome.status === "handedBack") throw new Error(`interrupted after step ${outcome.step}; continue with --resume`);
}

function checkpointOf(folder: string): string {
  return join(folder, "checkpoint");
}

/** Nothing of an earlier run is overwritten without being asked for. */
function demandFolder(folder: string, isResumed: boolean): void {
  const hasRun = existsSync(join(folder, "metrics.jsonl")) || existsSync(checkpointOf(folder));
  if (hasRun && !isResumed)
    throw new FileError("conflict", folder, "already contains a run; use --resume to continue it, or choose another folder");
  if (!hasRun && isResumed) throw new FileError("notFound", folder, "contains no run to resume");
}

function watchSignals(): { order(): TrainingOrder; signal: AbortSignal } {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return { order: () => (interrupted.signal.aborted ? "handBack" : "continue"), signal: interrupted.signal };
}

function fileRecorder(folder: string): TrainingRecorder {
  const metricsPath = join(folder, "metrics.jsonl");
  const evaluationsPath = join(folder, "evaluations.jsonl");
  const record: Record<string, unknown> = {};
  const writeRecord = () => writeFileAtomically(join(folder, recordName), [JSON.stringify(record, null, 2), "\n"]);
  return {
    async begin(step, provenance) {
      makeFolder(folder);
      keepUpTo(metricsPath, step);
      // The one at this very step is made again.
      keepUpTo(evaluationsPath, step - 1);
      record["provenance"] = provenance;
      writeRecord();
    },
    async step(metrics) {
      appendLine(metricsPath, metrics);
    },
    async evaluation(metrics) {
      appendLine(evaluationsPath, metrics);
      process.stderr.write(`${evaluationLine(metrics)}\n`);
    },
    async health(metrics) {
      record["health"] = metrics;
    },
    async cost(cost) {
      record["cost"] = cost;
      writeRecord();
    },
    async log({ level, message }) {
      process.stderr.write(level === "info" ? `${message}\n` : `${level}: ${message}\n`);
    },
    // Each line is written at once.
    flush: async () => {},
    async checkpoint(step) {
      record["checkpointStep"] = step;
      writeRecord();
    },
  };
}

/** A classifier is compared with a constant prediction: its base model has no trained head. */
function evaluationLine({ step, loss, baseLoss, answers }: EvaluationMetrics): string {
  if (answers == null) return `step ${step}: held-out loss ${loss.toFixed(4)}, base model ${baseLoss.toFixed(4)}`;
  const metrics = answers.map(({ name, value, constant }) => {
    const beside = constant === null ? "" : ` (constant ${constant.toFixed(4)})`;
    return `${name} ${value === null ? "not defined" : value.toFixed(4)}${beside}`;
  });
  return `step ${step}: held-out loss ${loss.toFixed(4)}, constant prediction ${baseLoss.toFixed(4)}, ${metrics.join(", ")}`;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw asFileError(folder, error);
  }
}

function appendLine(path: string, line: object): void {
  try {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  } catch (error) {
    throw asFileError(path, error);
  }
}

/** Drops the lines of later steps, and one that was truncated: they are measured again. */
function keepUpTo(path: string, step: number): void {
  if (!existsSync(path)) {
    writeFileSync(path, "");
    return;
  }
  const lines = readFileSync(path, "utf8").split("\n");
  const kept = lines.filter((line) => line.endsWith("}") && (JSON.parse(line) as Pick<StepMetrics, "step">).step <= step);
  writeFileAtomically(
    path,
    kept.map((line) => `${line}\n`),
  );
}
