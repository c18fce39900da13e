import type { EvaluationMetrics } from "@/lib/contract/run";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { padRows } from "@/server/engine/training/batch";
import type { DeviceTurns } from "./device-turns";
import { labelCount, type TokenRow } from "./token-row";

/** Normal quantile of a two-sided 95 % interval. */
const z95 = 1.96;

/** Measures an adapter on held-out rows, beside the base model on the same rows; what the base gives is computed once. */
export class HeldOutEvaluation {
  readonly #model: CausalModel;
  readonly #rows: readonly TokenRow[];
  readonly #batchRows: number;
  readonly #turns: DeviceTurns;
  readonly #labels: readonly number[];
  #baseLosses: Float64Array | undefined;

  constructor(options: { model: CausalModel; rows: readonly TokenRow[]; batchRows: number; turns: DeviceTurns }) {
    this.#model = options.model;
    this.#rows = options.rows;
    this.#batchRows = options.batchRows;
    this.#turns = options.turns;
    this.#labels = options.rows.map(labelCount);
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** @throws Error when aborted */
  async measure(adapter: Adapter, step: number, signal: AbortSignal): Promise<EvaluationMetrics> {
    this.#baseLosses ??= await this.#lossSums(undefined, signal);
    const base = this.#baseLosses;
    const adapted = await this.#lossSums(adapter.trainingHooks(), signal);
    const everywhere = this.#rows.map((_, row) => row);
    const differences = everywhere.map((row) => ((adapted[row] ?? 0) - (base[row] ?? 0)) / (this.#labels[row] ?? 1));
    const domains = [...new Set(this.#rows.flatMap(({ domain }) => (domain === null ? [] : [domain])))].sort();
    return {
      step,
      ...this.#means(everywhere, base, adapted),
      rows: this.#rows.length,
      ...meanWithInterval(differences),
      byDomain: domains.map((domain) => ({
        domain,
        ...this.#means(
          everywhere.filter((row) => this.#rows[row]?.domain === domain),
          base,
          adapted,
        ),
      })),
    };
  }

  #means(rows: readonly number[], base: Float64Array, adapted: Float64Array): { loss: number; baseLoss: number; labelTokens: number } {
    const sum = (values: ArrayLike<number>) => rows.reduce((total, row) => total + (values[row] ?? 0), 0);
    const labelTokens = sum(this.#labels);
    return { loss: sum(adapted) / labelTokens, baseLoss: sum(base) / labelTokens, labelTokens };
  }

  /** The summed loss of each row; rows of like length share a pass, so that little of it is padding. */
  async #lossSums(hooks: ProjectionHooks | undefined, signal: AbortSignal): Promise<Float64Array> {
    const sums = new Float64Array(this.#rows.length);
    const order = this.#rows.map((_, row) => row).sort((a, b) => (this.#rows[a]?.ids.length ?? 0) - (this.#rows[b]?.ids.length ?? 0));
    for (let from = 0; from < order.length; from += this.#batchRows) {
      signal.throwIfAborted();
      const chosen = order.slice(from, from + this.#batchRows);
      const batch = padRows(chosen.flatMap((row) => this.#rows[row] ?? []));
      const losses = await this.#turns.take("background", () => this.#model.tokenLosses(batch, hooks));
      chosen.forEach((row, place) => {
        for (const loss of losses.subarray(place * batch.tokens, (place + 1) * batch.tokens))
          if (!Number.isNaN(loss)) sums[row] = (sums[row] ?? 0) + loss;
      });
    }
    return sums;
  }
}

function meanWithInterval(differences: readonly number[]): { difference: number; differenceHalfWidth: number | null } {
  const n = differences.length;
  const difference = differences.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { difference, differenceHalfWidth: null };
  const variance = differences.reduce((sum, value) => sum + (value - difference) ** 2, 0) / (n - 1);
  return { difference, differenceHalfWidth: z95 * Math.sqrt(variance / n) };
}
