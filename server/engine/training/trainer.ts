import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { labelTokensOf, padRows } from "@/server/engine/models/row-batches";
import { add } from "@/server/engine/tensor/arithmetic";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import { type HealthReport, type HealthState, LatentHealth } from "./latent-health";
import type { LatentRecord } from "./latent-record";
import { clipScale, globalNorm, Optimizer } from "./optimizer";
import { rowNames } from "./row-names";
import { Sampler, type SamplerState } from "./sampler";
import { learningRateAt } from "./schedule";
import type { TrainingRow, TrainingSettings } from "./settings";
import type { StateArray } from "./state-array";
import { TrainingError } from "./training-error";

export type StepResult = {
  /** From 1. */
  readonly step: number;
  /** Mean cross-entropy over the step's label tokens, nats. */
  readonly loss: number;
  /** Global norm before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Tokens of this step, padding left out. */
  readonly stepTokens: number;
  /** Tokens since training began, padding left out. */
  readonly tokens: number;
  /** Tokens of this step that carried loss. */
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
 * measures and stores. From `exportState` and the adapter's tensors a new trainer goes on bit for bit.
 */
export class Trainer {
  private readonly model: CausalModel;
  private readonly adapter: Adapter;
  private readonly settings: TrainingSettings;
  private readonly rows: readonly TrainingRow[];
  private readonly sampler: Sampler;
  private readonly optimizer: Optimizer;
  private readonly health: LatentHealth;
  private stepsDone = 0;
  private tokensDone = 0;

  /**
   * @param state from an earlier trainer's `exportState`, the adapter being as it was then
   * @throws TrainingError when a row does not fit the model, or a step would have nothing to learn from, naming the rows
   */
  constructor(model: CausalModel, adapter: Adapter, settings: TrainingSettings, rows: readonly TrainingRow[], state?: TrainerState) {
    demandRows(rows, model.config.contextLength);
    this.model = model;
    this.adapter = adapter;
    this.settings = settings;
    this.rows = rows;
    this.sampler = new Sampler(rows.length, settings);
    demandLabels(rows, settings);
    this.optimizer = new Optimizer(adapter.parameters(), state?.arrays);
    this.health = new LatentHealth(adapter.method === "stan" ? adapter.modules : []);
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
   * Takes one step. The loss is the mean over all label tokens of the step, however it is cut into micro-batches.
   *
   * @throws TrainingError for a loss or gradient that is not finite; neither the adapter nor the optimizer has changed then
   */
  takeStep(): StepResult {
    const step = this.stepsDone + 1;
    const chosen = this.sampler.take(this.settings.batchRows);
    const rows = Array.from(chosen, (row) => this.rows[row] as TrainingRow);
    const labelTokens = rows.reduce((sum, row) => sum + labelTokensOf(row), 0);
    const { lossSum, gradients } = this.gradientsOf(rows, 1 / labelTokens, step);
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
      const stepTokens = rows.reduce((sum, { ids }) => sum + ids.length, 0);
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
    return this.adapter.method === "stan" ? this.health.report() : undefined;
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
    return this.adapter.method === "stan" ? this.health.record(this.stepsDone, quietSteps) : undefined;
  }

  exportState(): TrainerState {
    const { state, arrays } = this.health.save();
    return {
      step: this.stepsDone,
      tokens: this.tokensDone,
      sampler: this.sampler.state,
      health: state,
      arrays: new Map([...this.optimizer.save(), ...arrays]),
    };
  }

  /** Frees the optimizer's moments; the adapter remains its owner's. */
  free(): void {
    this.adapter.release();
    this.optimizer.free();
  }

  private gradientsOf(rows: readonly TrainingRow[], weight: number, step: number): { lossSum: number; gradients: Gradients } {
    const size = this.settings.microBatchRows ?? rows.length;
    const labelled = rows.filter((row) => labelTokensOf(row) > 0);
    const gradients: Gradients = new Map();
    let lossSum = 0;
    for (let from = 0; from < labelled.length; from += size) {
      const batch = padRows(labelled.slice(from, from + size));
      this.health.addTokens(batch.attentionMask?.reduce((sum, real) => sum + real, 0) ?? 0);
      const hooks = this.adapter.trainingHooks(({ module }, indices, pass) =>
        this.health.observe(module, indices, batch.attentionMask, pass, step),
      );
      const part = this.model.lossAndGradients(batch, hooks, weight);
      lossSum += part.lossSum;
      addInto(gradients, part.gradients);
    }
    return { lossSum, gradients };
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

function demandRows(rows: readonly TrainingRow[], contextLength: number): void {
  rows.forEach(({ ids, labels }, row) => {
    if (ids.length === 0 || ids.length !== labels.length) {
      throw new TrainingError("badRow", 0, `row ${row} has ${ids.length} tokens and ${labels.length} labels`);
    }
    if (ids.length > contextLength) {
      throw new TrainingError("badRow", 0, `row ${row} has ${ids.length} tokens; the model's context holds ${contextLength}`);
    }
  });
}

/** Goes through the order of the whole run beforehand, so that no step fails for want of labels in the middle of it. */
function demandLabels(rows: readonly TrainingRow[], settings: TrainingSettings): void {
  const counts = rows.map(labelTokensOf);
  if (counts.every((count) => count > 0)) return;
  const sampler = new Sampler(rows.length, settings);
  for (let step = 1; step <= settings.steps; step++) {
    const chosen = sampler.take(settings.batchRows);
    if (chosen.some((row) => (counts[row] as number) > 0)) continue;
    throw new TrainingError(
      "nothingLabelled",
      step,
      `step ${step} would have nothing to learn from: no token of ${rowNames(chosen)} is labelled`,
    );
  }
}
