import { createHash } from "node:crypto";
import type { RunCost } from "@/lib/contract/run";
import type { RunConfig } from "@/lib/contract/run-config";
import { notedProblemType, taskOf } from "@/lib/contract/tasks/tasks";
import { trainedCost } from "@/server/engine/adapters/trained";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { type StepResult, Trainer } from "@/server/engine/training/trainer";
import { TrainingError } from "@/server/engine/training/training-error";
import { writeLabelNames } from "@/server/files/adapters/label-names";
import { type TrainedFolder, writeTrained } from "@/server/files/adapters/trained-folder";
import type { DeviceTurns } from "@/server/runtime/device-turns";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import { type LoadedBase, weightBytesOf } from "@/server/runtime/models/load-base-model";
import { OwnTurns } from "@/server/runtime/own-turns";
import { provenanceOf } from "@/server/runtime/provenance";
import { takeTurns } from "@/server/runtime/take-turns";
import { prepareTask } from "@/server/runtime/tasks/task-runtimes";
import { writeLatentRecord } from "./latent-record-file";
import { MeasuredRun } from "./measured-run";
import { StepTimes } from "./step-times";
import { readSession, type SavedSession, saveSession } from "./training-checkpoint";
import type { TrainingOrder, TrainingOutcome, TrainingRecorder } from "./training-events";
import type { PreparedTask, StartedTask } from "./training-task";

export type TrainingOptions = {
  readonly config: RunConfig;
  /** Of the kind that the configuration's task asks for. */
  readonly base: LoadedBase;
  /** As the adapter's file names it. */
  readonly about: { readonly baseModel: string; readonly revision: string | null };
  /** Gets what was trained at the end, an adapter in PEFT layout or whole weights, and the record of its latents. */
  readonly adapterFolder: string;
  readonly checkpointFolder: string;
  /** Go on from the checkpoint where there is one. */
  readonly isResumed: boolean;
  readonly turns: DeviceTurns;
  readonly recorder: TrainingRecorder;
  /** Asked after each step. */
  order(): TrainingOrder;
  /** Ends reading and evaluating early; `order` says what it means. */
  readonly signal: AbortSignal;
};

/** Reports of latent health in a run, at even distances. */
const healthReports = 50;

/**
 * Trains an adapter, whole weights or a head to its end, or to where it is told to stop; the `train-run` job and the command line share it.
 * A loss that is not finite ends it with the step named and the last good checkpoint kept.
 *
 * @throws FileError, TrainingError, Error saying what is wrong with the configuration or the data
 */
export async function runTraining(options: TrainingOptions): Promise<TrainingOutcome> {
  let session: TrainingSession | undefined;
  try {
    session = await TrainingSession.begin(options);
    return await session.run();
  } catch (error) {
    const order = options.order();
    const isAsked = options.signal.aborted && (order === "cancel" || order === "handBack");
    // Told to go while it read or evaluated: nothing was learned since the last checkpoint or step.
    if (isAsked) return await (session?.end(order) ?? { status: order === "cancel" ? "cancelled" : "handedBack", step: 0 });
    throw error instanceof TrainingError && session !== undefined ? session.explain(error) : error;
  } finally {
    session?.free();
  }
}

type SessionOptions = Omit<TrainingOptions, "turns"> & { readonly turns: OwnTurns };

type Beginning = {
  readonly options: SessionOptions;
  readonly prepared: PreparedTask;
  readonly saved: SavedSession | null;
  readonly fingerprint: string;
  readonly measured: MeasuredRun;
};

class TrainingSession {
  readonly #options: SessionOptions;
  readonly #trainer: Trainer;
  readonly #prepared: PreparedTask;
  readonly #task: StartedTask;
  readonly #fingerprint: string;
  readonly #times = new StepTimes();
  #trainingMs: number;
  #tokens: number;
  readonly #measured: MeasuredRun;
  #savedStep: number;

  static async begin(given: TrainingOptions): Promise<TrainingSession> {
    const { config, base } = given;
    const turns = new OwnTurns(given.turns);
    const options = { ...given, turns };
    demandContext(config, base);
    const prepared = await prepareTask(options, options.base);
    const saved = options.isResumed ? readSession(options.checkpointFolder) : null;
    const fingerprint = fingerprintOf(options, prepared.dataHash);
    if (saved !== null && saved.memory.fingerprint !== fingerprint) {
      throw new Error(
        `${options.checkpointFolder}: belongs to another configuration or other data; start a new run, or use the original ones`,
      );
    }
    const measured = new MeasuredRun(turns, saved === null ? null : saved.memory.measured);
    return turns.take("background", () => measured.count(() => new TrainingSession({ options, prepared, saved, fingerprint, measured })));
  }

  private constructor({ options, prepared, saved, fingerprint, measured }: Beginning) {
    this.#measured = measured;
    this.#options = options;
    this.#prepared = prepared;
    this.#fingerprint = fingerprint;
    this.#task = prepared.start(saved);
    try {
      this.#trainer = new Trainer(this.#task.objective, options.config.training, saved?.state);
    } catch (error) {
      this.#task.free();
      throw error;
    }
    this.#trainingMs = 1000 * (saved?.memory.seconds ?? 0);
    this.#tokens = saved?.state.tokens ?? 0;
    this.#savedStep = saved === null ? -1 : saved.state.step;
  }

  async run(): Promise<TrainingOutcome> {
    const { config, base, recorder, order } = this.#options;
    const provenance = { ...provenanceOf(config, base, this.#prepared.dataHash), ...this.#task.provenance };
    await recorder.begin(this.#trainer.step, provenance);
    await this.#announce();
    // Also where an earlier worker was told to go while it evaluated.
    if (this.#isEvaluationDue(this.#trainer.step)) await this.#evaluate();
    while (!this.#trainer.isFinished) {
      const asked = order();
      if (asked !== "continue") return this.end(asked);
      await this.#step();
    }
    return this.#finish("finished");
  }

  /** Ends before the last step, as told. */
  async end(order: Exclude<TrainingOrder, "continue">): Promise<TrainingOutcome> {
    const { step } = this.#trainer;
    switch (order) {
      case "stop":
        return this.#finish("stopped");
      case "cancel":
        return { status: "cancelled", step };
      case "handBack":
        if (step > 0) await this.#save();
        return { status: "handedBack", step };
    }
  }

  /** The error with what still holds. */
  explain({ fault, step, message }: TrainingError): TrainingError {
    const kept = this.#savedStep > 0 ? `the checkpoint of step ${this.#savedStep} was kept` : "there was no checkpoint yet";
    return new TrainingError(fault, step, `${message}; ${kept}`);
  }

  free(): void {
    this.#trainer.free();
    this.#task.free();
  }

  async #step(): Promise<void> {
    const { config, turns, recorder } = this.#options;
    const { steps, checkpointEvery } = config.training;
    const before = turns.ownMs;
    const result = await takeTurns(this.#watched(this.#trainer.stepInParts()), { turns, kind: "background" });
    const stepMs = turns.ownMs - before;
    this.#times.add(stepMs);
    this.#trainingMs += stepMs;
    const { step, loss, gradNorm, learningRate, tokens, labelTokens } = result;
    this.#tokens = tokens;
    const metrics = { step, loss, gradNorm, learningRate, tokens, labelTokens, seconds: this.#trainingMs / 1000 };
    await recorder.step(metrics, this.#times.secondsLeft(steps - step));
    const isLast = step === steps;
    if (isLast || step % this.#healthEvery === 0) await this.#reportHealth();
    if (!isLast && this.#isEvaluationDue(step)) await this.#evaluate();
    if (!isLast && step % checkpointEvery === 0) await this.#save();
  }

  /** A step whose memory is counted, part by part. A cancelled run ends between two parts; one that is stopped or handed back finishes its step first. */
  *#watched(step: InParts<StepResult>): InParts<StepResult> {
    const { order, signal } = this.#options;
    try {
      for (;;) {
        if (order() === "cancel") signal.throwIfAborted();
        const { done, value } = this.#measured.count(() => step.next());
        if (done === true) return value;
        yield;
      }
    } finally {
      step.return(undefined as never);
    }
  }

  async #finish(status: "finished" | "stopped"): Promise<TrainingOutcome> {
    const { adapterFolder, config, recorder } = this.#options;
    const { step } = this.#trainer;
    await this.#evaluate();
    await this.#save();
    writeTrained(adapterFolder, this.#trained());
    const { labels } = this.#task;
    if (labels !== undefined) writeLabelNames(adapterFolder, labels, notedProblemType(taskOf(config).kind, labels.length));
    const record = this.#trainer.latentRecord(this.#healthEvery);
    if (record !== undefined) writeLatentRecord(adapterFolder, record);
    await recorder.cost(this.#cost());
    await recorder.log({
      step,
      level: "info",
      message: status === "finished" ? `finished after ${step} steps` : `stopped after step ${step}; the adapter was kept`,
    });
    return { status, step };
  }

  async #announce(): Promise<void> {
    const { recorder, base, config } = this.#options;
    const { step } = this.#trainer;
    const { trainRows, heldOutRows, leftOut, longContext } = this.#prepared;
    await recorder.cost(this.#cost());
    const packed = config.training.packing === true ? `, packed into rows of ${config.training.maxTokens} tokens` : "";
    const rows = `${trainRows} rows to train on${packed}, ${heldOutRows} held out, ${this.#modulesInWords(base.model.projections.length)}`;
    await recorder.log({ step, level: "info", message: step === 0 ? `begins: ${rows}` : `resumes after step ${step}: ${rows}` });
    if (leftOut !== undefined) await recorder.log({ step, level: "warning", message: leftOut });
    if (longContext != null) await recorder.log({ step, level: "warning", message: longContext });
    if (this.#task.evaluation.isEmpty)
      await recorder.log({ step, level: "warning", message: "there are no held-out rows, so nothing is evaluated" });
  }

  /** Steps between reports of latent health. */
  get #healthEvery(): number {
    return Math.ceil(this.#options.config.training.steps / healthReports);
  }

  #isEvaluationDue(step: number): boolean {
    const { evaluateEvery } = this.#options.config.training;
    return step === 0 || (evaluateEvery > 0 && step % evaluateEvery === 0);
  }

  async #evaluate(): Promise<void> {
    const { evaluation } = this.#task;
    if (evaluation.isEmpty) return;
    const { recorder, signal } = this.#options;
    const { metrics, rows } = await evaluation.measure(this.#trainer.step, signal);
    await recorder.evaluation(metrics, rows);
  }

  async #reportHealth(): Promise<void> {
    const report = this.#trainer.healthReport();
    if (report === undefined) return;
    await this.#options.recorder.health({ step: this.#trainer.step, ...report, densityHistogram: [...report.densityHistogram] });
  }

  async #save(): Promise<void> {
    const { step } = this.#trainer;
    if (step === this.#savedStep) return;
    const { checkpointFolder: folder, recorder, turns } = this.#options;
    await recorder.flush();
    const memory = { seconds: this.#trainingMs / 1000, fingerprint: this.#fingerprint, measured: this.#measured.soFar };
    const sizeBytes = await turns.take("background", () => saveSession(folder, this.#trainer, this.#trained(), memory));
    this.#savedStep = step;
    await recorder.checkpoint(step, folder, sizeBytes);
    await recorder.cost(this.#cost());
  }

  #modulesInWords(all: number): string {
    const { trained } = this.#task;
    if (trained === undefined) return "only the head is trained";
    return `${trained.modules.length} of ${all} modules ${trained.participle}`;
  }

  #trained(): TrainedFolder {
    return this.#prepared.folderOf(this.#task.trained, this.#task.head);
  }

  #cost(): RunCost {
    const { trained, head } = this.#task;
    const { bytes, flopsPerToken, ...counted } = trainedCost(trained);
    const measured = this.#times.medianMs === null ? undefined : this.#measured.soFar;
    return {
      ...counted,
      flopsPerToken: flopsPerToken + this.#prepared.baseFlopsPerToken,
      adapterBytes: bytes + 4 * (head?.parameterCount ?? 0),
      ...(head === undefined ? {} : { headParameters: head.parameterCount }),
      baseParameters: this.#options.base.parameters,
      medianStepMs: this.#times.medianMs,
      tokensPerSecond: this.#trainingMs > 0 ? (1000 * this.#tokens) / this.#trainingMs : null,
      peakMemoryBytes: measured === undefined ? null : weightBytesOf(this.#options.base) + measured.peakBytes,
      ...(measured === undefined ? {} : { besideShare: measured.othersMs / measured.ownMs }),
    };
  }
}

function demandContext({ training, data }: RunConfig, base: LoadedBase): void {
  const longest = kindOfModel(base).longestRow(base);
  if (data.kind === "dataSet" && training.maxTokens > longest) {
    throw new RangeError(`training.maxTokens is ${training.maxTokens}; the context of ${base.path} holds ${longest} tokens`);
  }
}

/** Where model and data lie does not matter, what is in them does. */
function fingerprintOf({ config, about }: Pick<TrainingOptions, "config" | "about">, dataHash: string): string {
  const { model, data, adapter, frozenDtype, training, task } = config;
  const { path: _, ...shape } = data;
  const parts = [about.revision ?? model, frozenDtype, shape, dataHash, adapter, training];
  return createHash("sha256")
    .update(JSON.stringify(task === undefined ? parts : [...parts, task]))
    .digest("hex");
}
