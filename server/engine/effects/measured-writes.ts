import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { uncappedLogits } from "@/server/engine/models/unembedding";
import { subtract } from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { frozenRows } from "@/server/engine/tensor/packed";
import { linear } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** Mean change of a token's logit, before a cap where the model has one, unchanged minus ablated; half of its 95 % interval, null for one position. */
export type LogitChange = { readonly token: number; readonly change: number; readonly halfWidth: number | null };

/** The tokens that a latent raises and lowers most, the strongest first, over `positions` firing positions. */
export type MeasuredWrites = {
  readonly raised: readonly LogitChange[];
  readonly lowered: readonly LogitChange[];
  readonly positions: number;
};

const TOKENS = 8;

/**
 * Gathers how final states change at firing positions. Logits before a cap are linear in them, so the mean change of every token's
 * logit is one product; only the listed tokens' changes are computed position by position, for their intervals (normal, positions
 * taken as independent).
 */
export class WritesCollector {
  private readonly dModel: number;
  private readonly parts: Float32Array[] = [];

  constructor(dModel: number) {
    this.dModel = dModel;
  }

  /** Final states of the same positions, (n, dModel) each. */
  add(unchanged: Tensor, ablated: Tensor): void {
    this.parts.push(tidy(() => readFloats(subtract(unchanged, ablated))));
  }

  /** @returns null where nothing was gathered */
  measure(model: CausalModel): MeasuredWrites | null {
    const { dModel } = this;
    const positions = this.parts.reduce((sum, part) => sum + part.length / dModel, 0);
    if (positions === 0) return null;
    const changes = new Float32Array(positions * dModel);
    let at = 0;
    for (const part of this.parts) {
      changes.set(part, at);
      at += part.length;
    }
    const means = tidy(() => readFloats(uncappedLogits(fromValues(meanRow(changes, dModel), [1, dModel]), model.unembedding)));
    const order = ranked(means);
    const raised = order.slice(0, TOKENS).filter((token) => (means[token] as number) > 0);
    const lowered = order
      .slice(-TOKENS)
      .reverse()
      .filter((token) => (means[token] as number) < 0);
    const listed = changesOf(model, changes, [...raised, ...lowered]);
    return { raised: listed.slice(0, raised.length), lowered: listed.slice(raised.length), positions };
  }
}

function changesOf(model: CausalModel, changes: Float32Array, tokens: readonly number[]): LogitChange[] {
  if (tokens.length === 0) return [];
  const { head } = model.unembedding;
  const dModel = head.shape[1] ?? 1;
  const positions = changes.length / dModel;
  const values = tidy(() => {
    const rows = frozenRows(head, fromValues(Int32Array.from(tokens), [tokens.length]));
    return readFloats(linear(fromValues(changes, [positions, dModel]), rows));
  });
  return tokens.map((token, column) => {
    const own = Float64Array.from({ length: positions }, (_, row) => values[row * tokens.length + column] as number);
    const change = own.reduce((sum, value) => sum + value, 0) / positions;
    const variance = own.reduce((sum, value) => sum + (value - change) ** 2, 0) / (positions - 1);
    return { token, change, halfWidth: positions < fewestExamples ? null : 1.96 * Math.sqrt(variance / positions) };
  });
}

/** Places in falling order of value. */
function ranked(values: Float32Array): number[] {
  const places = Int32Array.from(values, (_, place) => place);
  return Array.from(places.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b));
}

function meanRow(values: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width);
  values.forEach((value, at) => {
    sums[at % width] = (sums[at % width] as number) + value;
  });
  return Float32Array.from(sums, (sum) => sum / (values.length / width));
}
