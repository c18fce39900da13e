import { halfOctaveBin } from "./half-octaves";
import { createLatentMajor, type LatentMajor, sortByLatent } from "./latent-major";
import { histogramStart, type ModuleStatistics } from "./module-statistics";
import type { TokenBatch } from "./token-batch";
import { windowAfter, windowBefore } from "./top-examples";

/** A module's kept latents over a batch: `indices` and `values` (positions, k). */
export type KeptLatents = { indices: Int32Array; values: Float32Array };

/** Memory that is used again for every module and batch. */
export type Workspace = { sorted: LatentMajor; offsets: Int8Array; activations: Float32Array };

export function createWorkspace(): Workspace {
  const size = windowBefore + 1 + windowAfter;
  return { sorted: createLatentMajor(), offsets: new Int8Array(size), activations: new Float32Array(size) };
}

/**
 * Adds a batch to a module's statistics. The firings are first sorted by latent, so that each latent's numbers are read and written once
 * and its firings in one row of the corpus, the candidates' windows, lie side by side.
 *
 * @throws RangeError when the shapes do not fit or an activation is not finite, with latent and row named
 */
export function accumulate(statistics: ModuleStatistics, batch: TokenBatch, kept: KeptLatents, workspace: Workspace): void {
  const size = batch.ids.length;
  const { indices, values } = kept;
  if (indices.length !== values.length || indices.length % size !== 0) {
    throw new RangeError(`${indices.length} indices and ${values.length} values do not fit ${size} positions`);
  }
  const { numLatents, numDomains } = statistics.shape;
  const { sorted } = workspace;
  sortByLatent(sorted, indices, values, indices.length / size, batch.counted, numLatents);
  const { starts, places } = sorted;
  const { rows, domains } = batch;
  const { threshold } = statistics.examples;
  const isMagnitude = statistics.shape.rank === "magnitude";

  for (let latent = 0; latent < numLatents; latent++) {
    const begin = starts[latent] as number;
    const end = starts[latent + 1] as number;
    if (begin === end) continue;
    addMoments(statistics, latent, batch, sorted, begin, end);
    addTokens(statistics, latent, batch, places, begin, end);

    // One candidate a row: its highest activation, the first of equal ones.
    for (let rowBegin = begin; rowBegin < end; ) {
      const place = places[rowBegin] as number;
      const row = rows[place] as number;
      let peak = rowBegin;
      let peakKey = -Infinity;
      let at = rowBegin;
      for (; at < end && rows[places[at] as number] === row; at++) {
        const value = sorted.values[at] as number;
        const key = isMagnitude ? Math.abs(value) : value;
        if (key > peakKey) {
          peakKey = key;
          peak = at;
        }
      }
      const domainAt = latent * numDomains + (domains[place] as number);
      statistics.domainCounts[domainAt] = (statistics.domainCounts[domainAt] as number) + (at - rowBegin);
      if (peakKey >= (threshold[latent] as number)) addExample(statistics, latent, batch, workspace, peak, rowBegin, at);
      rowBegin = at;
    }
  }
}

function addMoments(
  statistics: ModuleStatistics,
  latent: number,
  batch: TokenBatch,
  sorted: LatentMajor,
  begin: number,
  end: number,
): void {
  const { values, bits } = sorted;
  let sum = 0;
  let sumSquares = 0;
  let sumCubes = 0;
  let max = statistics.max[latent] as number;
  let min = statistics.min[latent] as number;
  let positiveStart = -1;
  let negativeStart = -1;
  for (let at = begin; at < end; at++) {
    const value = values[at] as number;
    const square = value * value;
    sum += value;
    sumSquares += square;
    sumCubes += square * value;
    if (value > max) max = value;
    if (value < min) min = value;
    const isNegative = value < 0;
    let start = isNegative ? negativeStart : positiveStart;
    if (start < 0) {
      start = histogramStart(statistics, latent, isNegative);
      if (isNegative) negativeStart = start;
      else positiveStart = start;
    }
    const bin = start + halfOctaveBin(bits[at] as number);
    statistics.histograms[bin] = (statistics.histograms[bin] as number) + 1;
  }
  if (!Number.isFinite(sumSquares)) refuse(latent, batch, sorted, begin, end);
  statistics.fireCount[latent] = (statistics.fireCount[latent] as number) + (end - begin);
  statistics.sum[latent] = (statistics.sum[latent] as number) + sum;
  statistics.sumSquares[latent] = (statistics.sumSquares[latent] as number) + sumSquares;
  statistics.sumCubes[latent] = (statistics.sumCubes[latent] as number) + sumCubes;
  statistics.max[latent] = max;
  statistics.min[latent] = min;
}

function addTokens(statistics: ModuleStatistics, latent: number, batch: TokenBatch, places: Int32Array, begin: number, end: number): void {
  const { tokens } = statistics;
  const { ids } = batch;
  // A loop for each kind, so that neither call has two targets.
  if (tokens.kind === "exact") {
    for (let at = begin; at < end; at++) tokens.add(latent, ids[places[at] as number] as number);
  } else {
    for (let at = begin; at < end; at++) tokens.add(latent, ids[places[at] as number] as number);
  }
}

function addExample(
  statistics: ModuleStatistics,
  latent: number,
  batch: TokenBatch,
  workspace: Workspace,
  peak: number,
  rowBegin: number,
  rowEnd: number,
): void {
  const { places, values } = workspace.sorted;
  const peakPlace = places[peak] as number;
  const position = batch.positions[peakPlace] as number;
  const slot = statistics.examples.admit(latent, values[peak] as number, batch.rows[peakPlace] as number, position);
  if (slot < 0) return;
  let length = 0;
  for (let at = rowBegin; at < rowEnd; at++) {
    const offset = (batch.positions[places[at] as number] as number) - position;
    if (offset < -windowBefore || offset > windowAfter) continue;
    workspace.offsets[length] = offset;
    workspace.activations[length] = values[at] as number;
    length++;
  }
  statistics.examples.setWindow(slot, workspace.offsets, workspace.activations, length);
}

function refuse(latent: number, batch: TokenBatch, sorted: LatentMajor, begin: number, end: number): never {
  let at = begin;
  while (at < end - 1 && Number.isFinite(sorted.values[at])) at++;
  const place = sorted.places[at] ?? 0;
  throw new RangeError(`latent ${latent} has activation ${sorted.values[at]} at row ${batch.rows[place]}, token ${batch.positions[place]}`);
}
