import type { Gradients } from "@/server/engine/models/projection-hook";
import { add } from "@/server/engine/tensor/arithmetic";
import { type InParts, wholly } from "@/server/engine/tensor/in-parts";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import { type HealthReport, type HealthState, LatentHealth } from "./latent-health";
import type { LatentRecord } from "./latent-record";
import type { Objective } from "./objective";
import { clipScale, globalNorm, Optimizer } from "./optimizer";
import { layPasses, type Passes, passesInOrder } from "./passes";
import { rowNames } from "./row-names";
import { Sampler, type SamplerState } from "./sampler";
import { learningRateAt } from "./schedule";
import type { TrainingSettings } from "./settings";
import type { StateArray, UnreadArray } from "./state-array";
import { onlyRows, type StepRows, takeStepRows } from "./step-rows";
import { TrainingError } from "./training-error";

export type StepResult = {
  /** From 1. */
  readonly step: number;
  /** Mean over the step's labels: cross-entropy in nats, or squared error. */
  readonly loss: number;
  /** Global norm before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Tokens of this step, padding left out. */
  readonly stepTokens: number;
  /** Tokens since training began, padding left out. */
  readonly tokens: number;
  /** Labels of this step: tokens that carried loss, or rows of a classification. */
  readonly labelTokens: number;
  /** Epochs done, with the fraction of the present one. */
  readonly epochs: number;
};

/** All that a later continuation needs besides the adapter's matrices: numbers for JSON, and arrays. */
export type TrainerState = {
  readonly step: number;
  readonly tokens: number;
  readonly sampler: SamplerState;
  readonly health: HealthState;
  readonly arrays: ReadonlyMap<string, StateArray>;
};

/**
 * Trains an adapter over a frozen model, one optimizer step at a time. It knows no clock and no files: whoever calls `step`
 * measures and stores. From `exportState` and the trained tensors a new trainer resumes bit for bit.
 */
export class Trainer {
  private readonly objective: Objective;
  private readonly settings: TrainingSettings;
  private readonly sampler: Sampler;
  private readonly optimizer: Optimizer;
  private readonly health: LatentHealth;
  private stepsDone = 0;
  private tokensDone = 0;

  /**
   * @param state from an earlier trainer's `exportState`, with the objective's parameters as of then
   * @throws TrainingError when a step would have nothing to learn from, naming the rows
   */
  constructor(objective: Objective, settings: TrainingSettings, state?: TrainerState) {
    this.objective = objective;
    this.settings = settings;
    this.sampler = new Sampler(objective.numRows, settings);
    demandLabels(objective, settings);
    this.optimizer = new Optimizer(objective.parameters, state?.arrays);
    this.health = new LatentHealth(objective.sparseModules);
    if (state === undefined) return;
    this.sampler.state = state.sampler;
    this.health.restore(state.health, state.arrays);
    this.stepsDone = state.step;
    this.tokensDone = state.tokens;
  }

  /** Steps taken so far. */
  get step(): number {
    return this.stepsDone;
  }

  get isFinished(): boolean {
    return this.stepsDone >= this.settings.steps;
  }

  /**
   * Takes one step. The loss is the mean over all labels of the step, however it is cut into micro-batches.
   *
   * @throws TrainingError for a loss or gradient that is not finite; neither the adapter nor the optimizer has changed then
   */
  takeStep(): StepResult {
    return wholly(this.stepInParts());
  }

  /**
   * The same in parts, between which others may work. After a step that is left early the trainer is of no use: its rows are drawn, and nothing is learned
   * from them.
   */
  *stepInParts(): InParts<StepResult> {
    const step = this.stepsDone + 1;
    const rows = takeStepRows(this.sampler, this.settings, this.objective.tokensOf);
    const { chosen } = rows;
    const labelTokens = chosen.reduce((sum, row) => sum + this.objective.labelsOf(row), 0);
    const { lossSum, gradients } = yield* this.gradientsOf(rows, 1 / labelTokens, step);
    try {
      const loss = lossSum / labelTokens;
      if (!Number.isFinite(loss)) {
        throw new TrainingError(
          "nonFiniteLoss",
          step,
          `the loss of step ${step} is ${loss} (${rowNames(chosen)}); a lower learning rate may help`,
        );
      }
      const gradNorm = globalNorm(gradients);
      if (!Number.isFinite(gradNorm)) {
        throw new TrainingError(
          "nonFiniteGradient",
          step,
          `the gradient norm of step ${step} is ${gradNorm} (${rowNames(chosen)}); a lower learning rate may help`,
        );
      }
      const learningRate = learningRateAt(this.stepsDone, this.settings);
      this.optimizer.update(gradients, step, learningRate, clipScale(gradNorm, this.settings.clipNorm), this.settings);
      this.objective.endStep();
      const stepTokens = chosen.reduce((sum, row) => sum + this.objective.tokensOf(row), 0);
      this.health.endStep(step);
      this.stepsDone = step;
      this.tokensDone += stepTokens;
      return { step, loss, gradNorm, learningRate, stepTokens, tokens: this.tokensDone, labelTokens, epochs: this.sampler.epochs };
    } finally {
      free(gradients);
    }
  }

  /** How the latents lived since the report before; undefined for an adapter without a sparse layer. */
  healthReport(): HealthReport | undefined {
    return this.isSparse ? this.health.report() : undefined;
  }

  /** Steps since each latent of a module was last kept, −1 for never. */
  stepsSinceKept(module: string): Int32Array {
    return this.health.stepsSinceKept(module, this.stepsDone);
  }

  /**
   * Births, deaths and density of every latent over the training so far; undefined for an adapter without a sparse layer.
   *
   * @param quietSteps a latent that was not kept for so many steps is dead
   */
  latentRecord(quietSteps: number): LatentRecord | undefined {
    return this.isSparse ? this.health.record(this.stepsDone, quietSteps) : undefined;
  }

  exportState(): TrainerState {
    const { moments, arrays, ...state } = this.openState();
    const read = [...moments].map(([name, { shape, read }]): [string, StateArray] => [name, { shape, data: read() }]);
    return { ...state, arrays: new Map([...read, ...arrays]) };
  }

  /** As `exportState`, with moments that are read when they are asked for, before the next step. */
  openState(): TrainerState & { readonly moments: ReadonlyMap<string, UnreadArray> } {
    const { state, arrays } = this.health.save();
    return {
      step: this.stepsDone,
      tokens: this.tokensDone,
      sampler: this.sampler.state,
      health: state,
      arrays,
      moments: this.optimizer.moments(),
    };
  }

  /** Frees the optimizer's moments; adapter and head remain their owner's. */
  free(): void {
    this.objective.release();
    this.optimizer.free();
  }

  private get isSparse(): boolean {
    return this.objective.sparseModules.length > 0;
  }

  private *gradientsOf(taken: StepRows, weight: number, step: number): InParts<{ lossSum: number; gradients: Gradients }> {
    const { chosen: labelled, packed } = onlyRows(taken, (row) => this.objective.labelsOf(row) > 0);
    const gradients: Gradients = new Map();
    let lossSum = 0;
    let isWhole = false;
    try {
      for (const pass of this.passesOf(labelled, packed)) {
        const rows = pass.map((sharing) => sharing.map((place) => labelled[place] as number));
        const places = pass.flat();
        this.health.addTokens(rows.flat().reduce((sum, row) => sum + this.objective.tokensOf(row), 0));
        const part = yield* this.objective.lossAndGradients(
          { rows, step, places, seed: this.settings.seed, recomputes: this.settings.recomputeBlocks === true },
          weight,
          ({ module }, indices, pass, attentionMask) => this.health.observe(module, indices, attentionMask, pass, step),
        );
        lossSum += part.lossSum;
        addInto(gradients, part.gradients);
      }
      isWhole = true;
      return { lossSum, gradients };
    } finally {
      // A later micro-batch that fails, or a step that is left, leaves none of the earlier ones' gradients.
      if (!isWhole) free(gradients);
    }
  }

  /** Places among `rows`, pass by pass, those together that share a row of it. */
  private passesOf(rows: readonly number[], packed: StepRows["packed"]): Passes {
    const most = this.settings.microBatchRows ?? this.settings.batchRows;
    if (packed !== undefined) return passesInOrder(packed, most);
    if (this.objective.selectsOverBatch)
      return passesInOrder(
        Array.from(rows, (_, place) => [place]),
        most,
      );
    return layPasses(
      rows.map((row) => this.objective.tokensOf(row)),
      most,
    );
  }
}

/** Adds `more` to `sums` and frees it. */
function addInto(sums: Gradients, more: Gradients): void {
  for (const [key, gradient] of more) {
    const sum = sums.get(key);
    if (sum === undefined) {
      sums.set(key, keep(gradient));
      continue;
    }
    sums.set(key, keep(tidy(() => add(sum, gradient))));
    free(sum, gradient);
  }
}

/** Goes through the order of the whole run beforehand, so that no step fails for want of labels in the middle of it. */
function demandLabels({ numRows, nothingOf, labelsOf, tokensOf }: Objective, settings: TrainingSettings): void {
  const counts = Array.from({ length: numRows }, (_, row) => labelsOf(row));
  if (counts.every((count) => count > 0)) return;
  const sampler = new Sampler(numRows, settings);
  for (let step = 1; step <= settings.steps; step++) {
    const { chosen } = takeStepRows(sampler, settings, tokensOf);
    if (chosen.some((row) => (counts[row] as number) > 0)) continue;
    throw new TrainingError(
      "nothingLabelled",
      step,
      `step ${step} would have nothing to learn from: ${nothingOf} ${rowNames(chosen)} is labelled`,
    );
  }
}
