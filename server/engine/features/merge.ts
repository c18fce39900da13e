import type { CollectionStatistics } from "./collection-statistics";
import { numBins } from "./half-octaves";
import { histogramStart, type ModuleStatistics } from "./module-statistics";

/**
 * Adds another part of the same collection, over other rows, to `into`; `from` is left as it is.
 *
 * @throws RangeError when the two are not of one plan
 */
export function mergeCollections(into: CollectionStatistics, from: CollectionStatistics): void {
  const isSamePlan =
    into.domainTokens.length === from.domainTokens.length &&
    into.tokenCounts.length === from.tokenCounts.length &&
    into.modules.size === from.modules.size &&
    [...into.modules].every(([name, module]) => isSameShape(module, from.modules.get(name)));
  if (!isSamePlan) throw new RangeError("the statistics to be merged are not of one plan: modules, latents, domains or limits differ");
  into.tokens += from.tokens;
  into.rows += from.rows;
  addEach(into.domainTokens, from.domainTokens);
  addEach(into.tokenCounts, from.tokenCounts);
  for (const [name, module] of into.modules) {
    const other = from.modules.get(name);
    if (other !== undefined) mergeModule(module, other);
  }
}

function isSameShape(a: ModuleStatistics, b: ModuleStatistics | undefined): boolean {
  return b !== undefined && JSON.stringify(a.shape) === JSON.stringify(b.shape);
}

function mergeModule(into: ModuleStatistics, from: ModuleStatistics): void {
  addEach(into.fireCount, from.fireCount);
  addEach(into.sum, from.sum);
  addEach(into.sumSquares, from.sumSquares);
  addEach(into.sumCubes, from.sumCubes);
  addEach(into.domainCounts, from.domainCounts);
  from.max.forEach((max, latent) => {
    into.max[latent] = Math.max(into.max[latent] ?? max, max);
    into.min[latent] = Math.min(into.min[latent] ?? Infinity, from.min[latent] ?? Infinity);
  });
  mergeHistograms(into, from);
  mergeExamples(into, from);
  if (into.tokens.kind === "exact" && from.tokens.kind === "exact") addEach(into.tokens.counts, from.tokens.counts);
  if (into.tokens.kind === "sketch" && from.tokens.kind === "sketch") into.tokens.merge(from.tokens);
}

function mergeHistograms(into: ModuleStatistics, from: ModuleStatistics): void {
  const { numLatents } = from.shape;
  from.histogramRows.forEach((histogram, row) => {
    if (histogram < 0) return;
    const isNegative = row >= numLatents;
    const start = histogramStart(into, isNegative ? row - numLatents : row, isNegative);
    for (let bin = 0; bin < numBins; bin++) {
      into.histograms[start + bin] = (into.histograms[start + bin] ?? 0) + (from.histograms[histogram * numBins + bin] ?? 0);
    }
  });
}

function mergeExamples(into: ModuleStatistics, from: ModuleStatistics): void {
  for (let latent = 0; latent < from.shape.numLatents; latent++) {
    for (const { value, row, position, offsets, activations } of from.examples.of(latent)) {
      const slot = into.examples.admit(latent, value, row, position);
      if (slot >= 0) into.examples.setWindow(slot, offsets, activations, offsets.length);
    }
  }
}

function addEach(into: Float64Array | Uint32Array, from: Float64Array | Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) + (from[i] as number);
}
