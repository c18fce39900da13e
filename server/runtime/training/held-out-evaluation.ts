import type { EvaluationMetrics } from "@/lib/contract/run";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import { compareLosses } from "@/server/engine/evaluation/compare-losses";
import { type RowLoss, rowLosses } from "@/server/engine/evaluation/row-losses";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { TrainingError } from "@/server/engine/training/training-error";
import type { Turns } from "@/server/runtime/device-turns";
import type { TokenRow } from "@/server/runtime/rows/token-row";
import { takeTurns } from "@/server/runtime/take-turns";
import type { HeldOutMeasurement } from "./training-task";

/** Measures what is trained on held-out rows, beside the base model on the same rows; what the base gives is computed once. */
export class HeldOutEvaluation implements HeldOutMeasurement {
  readonly #model: CausalModel;
  readonly #trained: Trained;
  readonly #rows: readonly TokenRow[];
  readonly #batchTokens: number;
  readonly #turns: Turns;
  #baseLosses: readonly RowLoss[] | undefined;

  constructor(options: {
    model: CausalModel;
    trained: Trained;
    rows: readonly TokenRow[];
    batchRows: number;
    turns: Turns;
  }) {
    this.#model = options.model;
    this.#trained = options.trained;
    this.#rows = options.rows;
    this.#batchTokens = options.batchRows * options.rows.reduce((longest, { ids }) => Math.max(longest, ids.length), 1);
    this.#turns = options.turns;
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** @throws Error when aborted */
  async measure(step: number, signal: AbortSignal): Promise<EvaluationMetrics> {
    this.#baseLosses ??= await this.#losses(undefined, signal);
    const adapted = await this.#losses(adapterHooks(this.#trained), signal);
    if (!adapted.every(({ lossSum }) => Number.isFinite(lossSum))) {
      throw new TrainingError(
        "nonFiniteLoss",
        step,
        `the held-out loss after step ${step} is not a number; a lower learning rate may help`,
      );
    }
    const domains = this.#rows.map(({ domain }) => domain);
    const { byDomain, ...comparison } = compareLosses(adapted, this.#baseLosses, domains);
    return { step, ...comparison, byDomain: [...byDomain] };
  }

  async #losses(hooks: ProjectionHooks | undefined, signal: AbortSignal): Promise<readonly RowLoss[]> {
    const passes = rowLosses(this.#model, this.#rows, hooks, this.#batchTokens);
    return takeTurns(passes, { turns: this.#turns, kind: "background", signal });
  }
}
