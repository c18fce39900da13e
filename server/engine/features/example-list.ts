import type { ModuleStatistics } from "./module-statistics";
import { windowAfter, windowBefore } from "./top-examples";

/** An example as it is stored and shown. */
export type LatentExampleRecord = {
  /** Row of the corpus. */
  row: number;
  /** Token position in the row. */
  position: number;
  activation: number;
  /** Rows with the same tokens around the peak, folded into this one. */
  duplicates: number;
  /** The window shown, as token positions of the row: `from` inclusive, `to` exclusive. */
  from: number;
  to: number;
  /** Positions in the window where the latent fires, ascending, and its activations there. */
  firingPositions: Int32Array;
  firingActivations: Float32Array;
};

/** Tokens before and after the peak that make two examples near-duplicates when all are equal. */
const foldBefore = 6;
const foldAfter = 3;

/**
 * A latent's examples, strongest first, near-duplicates folded into the strongest of them.
 *
 * @param tokensOf token ids of a row of the corpus, as the pass read it
 */
export function exampleList(module: ModuleStatistics, latent: number, tokensOf: (row: number) => ArrayLike<number>): LatentExampleRecord[] {
  const byTokens = new Map<string, LatentExampleRecord>();
  for (const { value, row, position, offsets, activations } of module.examples.of(latent)) {
    const tokens = tokensOf(row);
    const key = aroundPeak(tokens, position);
    const known = byTokens.get(key);
    if (known !== undefined) {
      known.duplicates++;
      continue;
    }
    byTokens.set(key, {
      row,
      position,
      activation: value,
      duplicates: 0,
      from: Math.max(0, position - windowBefore),
      to: Math.min(tokens.length, position + windowAfter + 1),
      firingPositions: Int32Array.from(offsets, (offset) => position + offset),
      firingActivations: activations,
    });
  }
  return [...byTokens.values()];
}

function aroundPeak(tokens: ArrayLike<number>, position: number): string {
  const around: number[] = [];
  for (let at = position - foldBefore; at <= position + foldAfter; at++) around.push(tokens[at] ?? -1);
  return around.join(" ");
}

/** Rows of the corpus that any example of the modules lies in, ascending: the contexts to be kept. */
export function exampleRows(modules: Iterable<ModuleStatistics>): number[] {
  const rows = new Set<number>();
  for (const { examples } of modules) {
    for (let latent = 0; latent < examples.numLatents; latent++) {
      const start = latent * examples.capacity;
      for (let slot = start; slot < start + (examples.counts[latent] ?? 0); slot++) rows.add(examples.rows[slot] ?? 0);
    }
  }
  return [...rows].sort((a, b) => a - b);
}
