import { type Known, specificity } from "@/lib/numbers/specificity";
import type { ModuleReading } from "./module-reading";
import { Strongest } from "./strongest";

/** What latents are ranked by over a span of tokens, all by size, whatever the sign. */
export const rankMeasures = ["specificity", "outputShare", "activation", "attribution"] as const;
export type RankMeasure = (typeof rankMeasures)[number];

/** First and last token, both included. */
export type Span = { readonly from: number; readonly to: number };

export type RankedLatent = {
  readonly reading: ModuleReading;
  readonly index: number;
  /** Tokens of the span at which it fires. */
  readonly firings: number;
  /** The activation of largest size in the span, and the token it is at. */
  readonly activation: number;
  readonly token: number;
  /** Mean over the span's tokens of ⟨c, Δ⟩ / ‖Δ‖². */
  readonly outputShare: number;
  /** Sum over the span of −a·∂L/∂a, nats; null without a backward pass. */
  readonly attribution: number | null;
  /** How specific it is to the span, in bits, and its firings in the collection; null without a collection. */
  readonly specificity: number | null;
  readonly firingsKnown: number | null;
  /** What it was ranked by, with its sign. */
  readonly value: number;
};

/** How activations are compared: `scaleOf` a module in its p99.9, or 1; `positions` is how many the collection counted. */
export type RankScales = { readonly scaleOf: (module: string) => number; readonly positions: number };

/**
 * The latents that matter most in a span of the text, over all modules, largest first.
 *
 * @param most how many are given
 */
export function rankLatents(
  readings: readonly ModuleReading[],
  { from, to }: Span,
  measure: RankMeasure,
  { scaleOf, positions }: RankScales,
  most: number,
): RankedLatent[] {
  const strongest = new Strongest<ModuleReading>(most);
  const length = to - from + 1;
  for (const reading of readings) {
    const sums = new SpanSums(reading, from, to);
    const scale = scaleOf(reading.module) || 1;
    const rankedBy: Record<RankMeasure, (index: number) => number> = {
      specificity: (index) => sums.specificityOf(index, { positions, moduleTop: scaleOf(reading.module) }) ?? 0,
      outputShare: (index) => (sums.shares[index] ?? 0) / length,
      activation: (index) => (sums.largest[index] ?? 0) / scale,
      attribution: (index) => sums.attributions?.[index] ?? 0,
    };
    for (const index of sums.seen) {
      const value = rankedBy[measure](index);
      if (value !== 0) strongest.offer(reading, index, value);
    }
  }
  const sumsOf = new Map<ModuleReading, SpanSums>();
  return strongest.ranked().map(({ group: reading, index, value }) => {
    const sums = sumsOf.get(reading) ?? new SpanSums(reading, from, to);
    sumsOf.set(reading, sums);
    return {
      reading,
      index,
      value,
      firings: sums.firings[index] ?? 0,
      activation: sums.largest[index] ?? 0,
      token: sums.tokens[index] ?? from,
      outputShare: (sums.shares[index] ?? 0) / length,
      attribution: sums.attributions?.[index] ?? null,
      specificity: sums.specificityOf(index, { positions, moduleTop: scaleOf(reading.module) }),
      firingsKnown: reading.collected?.firings[index] ?? null,
    };
  });
}

/** Sums over a span for each latent of a module, by its index; without an object an entry. */
class SpanSums {
  /** Indices that were kept with an activation, in the order in which they were met. */
  readonly seen: number[] = [];
  readonly firings: Int32Array;
  readonly largest: Float64Array;
  readonly tokens: Int32Array;
  readonly shares: Float64Array;
  readonly attributions: Float64Array | null;
  readonly #known: ModuleReading["collected"];

  constructor(reading: ModuleReading, from: number, to: number) {
    const { indices, activations, outputShares, attributions, width, collected } = reading;
    const start = from * width;
    const end = (to + 1) * width;
    let size = 0;
    for (let at = start; at < end; at++) size = Math.max(size, (indices[at] ?? 0) + 1);
    this.firings = new Int32Array(size);
    this.largest = new Float64Array(size);
    this.tokens = new Int32Array(size);
    this.shares = new Float64Array(size);
    this.attributions = attributions === null ? null : new Float64Array(size);
    this.#known = collected;
    for (let at = start; at < end; at++) {
      const index = indices[at] ?? 0;
      const activation = activations[at] ?? 0;
      if (activation === 0) continue;
      const firings = this.firings[index] ?? 0;
      if (firings === 0) this.seen.push(index);
      this.firings[index] = firings + 1;
      if (Math.abs(activation) > Math.abs(this.largest[index] ?? 0)) {
        this.largest[index] = activation;
        this.tokens[index] = Math.floor(at / width);
      }
      this.shares[index] = (this.shares[index] ?? 0) + (outputShares[at] ?? 0);
      if (this.attributions !== null) this.attributions[index] = (this.attributions[index] ?? 0) + (attributions?.[at] ?? 0);
    }
  }

  /** Null without a collection. */
  specificityOf(index: number, scale: Pick<Known, "positions" | "moduleTop">): number | null {
    if (this.#known === null) return null;
    const { firings, largest } = this.#known;
    return specificity(this.largest[index] ?? 0, { firings: firings[index] ?? 0, largest: largest[index] ?? 0, ...scale });
  }
}
