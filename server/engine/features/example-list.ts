import { type Band, bandExamples } from "./band-examples";
import type { KeptExample } from "./examples/kept-positions";
import { type ExampleWindow, windowAround } from "./examples/window-arena";
import type { ModuleStatistics } from "./module-statistics";

/** An example as it is stored and shown. */
export type LatentExampleRecord = {
  /** Row of the corpus. */
  row: number;
  /** Position in the row. */
  position: number;
  activation: number;
  /** Rows with the same tokens around the peak, where positions have a vocabulary, folded into this one. */
  duplicates: number;
  /** The window shown, as positions of the row: `from` inclusive, `to` exclusive. */
  from: number;
  to: number;
  /** Positions in the window where the latent fires, ascending, and its activations there. */
  firingPositions: Int32Array;
  firingActivations: Float32Array;
};

/** Token ids of a row of the corpus, as the pass read it; of positions without a vocabulary, its length alone. */
type TokensOf = (row: number) => ArrayLike<number>;

/** Tokens before and after the peak that make two examples near-duplicates when all are equal. */
const foldBefore = 6;
const foldAfter = 3;

/**
 * A latent's strongest examples, strongest first, near-duplicates folded into the strongest of them where positions have a vocabulary. A dense component's
 * positive ones come before its negative ones.
 */
export function exampleList({ examples, lowExamples, shape }: ModuleStatistics, latent: number, tokensOf: TokensOf): LatentExampleRecord[] {
  return [examples, lowExamples].flatMap((each) => (each === undefined ? [] : folded(each.of(latent), tokensOf, shape)));
}

function folded(examples: readonly KeptExample[], tokensOf: TokensOf, shape: ModuleStatistics["shape"]): LatentExampleRecord[] {
  const byTokens = new Map<string, LatentExampleRecord>();
  for (const example of examples) {
    const tokens = tokensOf(example.row);
    const key = shape.vocab > 0 ? aroundPeak(tokens, example.position) : `row ${example.row}`;
    const known = byTokens.get(key);
    if (known === undefined) byTokens.set(key, recordOf(example, tokens, shape.window));
    else known.duplicates++;
  }
  return [...byTokens.values()];
}

/**
 * Samples of a latent's firings between quantiles of their rank, as `bandExamples` gives them. None is folded: a sample with equal contexts
 * says that they are many.
 */
export function bandList(module: ModuleStatistics, latent: number, tokensOf: TokensOf, perBand = 5): Band<LatentExampleRecord>[] {
  return bandExamples(module, latent, perBand).map((band) => ({
    ...band,
    examples: band.examples.map((example) => recordOf(example, tokensOf(example.row), module.shape.window)),
  }));
}

/** Rows of the corpus that an example, a sample of a band or a probe may lie in, ascending: the contexts to be kept. */
export function exampleRows(modules: Iterable<ModuleStatistics>): number[] {
  const rows = new Set<number>();
  for (const { examples, lowExamples, samples, probes } of modules) {
    for (const { counts, capacity, kept } of lowExamples === undefined ? [examples] : [examples, lowExamples]) {
      counts.forEach((count, latent) => {
        const start = latent * capacity;
        for (let slot = start; slot < start + count; slot++) rows.add(kept.rows[slot] ?? 0);
      });
    }
    samples.counts.forEach((count, block) => {
      const start = block * samples.capacity;
      for (let slot = start; slot < start + count; slot++) rows.add(samples.kept.rows[slot] ?? 0);
    });
    for (const { row } of probes.probes) rows.add(row);
  }
  return [...rows].sort((a, b) => a - b);
}

function recordOf(
  { value, row, position, offsets, activations }: KeptExample,
  tokens: ArrayLike<number>,
  window: ExampleWindow,
): LatentExampleRecord {
  return {
    row,
    position,
    activation: value,
    duplicates: 0,
    ...windowAround(position, tokens.length, window),
    firingPositions: Int32Array.from(offsets, (offset) => position + offset),
    firingActivations: activations,
  };
}

function aroundPeak(tokens: ArrayLike<number>, position: number): string {
  const around: number[] = [];
  for (let at = position - foldBefore; at <= position + foldAfter; at++) around.push(tokens[at] ?? -1);
  return around.join(" ");
}
