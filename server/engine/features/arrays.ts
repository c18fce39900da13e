import type { CollectionStatistics } from "./collection-statistics";
import { numBins } from "./half-octaves";
import { createModuleStatistics, type ModuleStatistics, type StatisticsShape } from "./module-statistics";

/** What a safetensors file of ours holds; counts below 2³¹ and bytes are written as int32. */
export type StoredArray = Int32Array | Float32Array | Float64Array;

type NumericArray = StoredArray | Uint8Array | Int8Array | Uint32Array;

/** What the arrays alone do not say; plain JSON. */
export type StatisticsHeader = { tokens: number; rows: number; modules: { name: string; shape: StatisticsShape }[] };

/** A collection's accumulators as named flat arrays, for a file: a pass is resumed, or its shards merged, from these. */
export type StatisticsArrays = { header: StatisticsHeader; arrays: Map<string, StoredArray> };

/** The arrays may be views of the accumulators, good until the next batch is added. */
export function toArrays(statistics: CollectionStatistics): StatisticsArrays {
  const arrays = new Map<string, StoredArray>([
    ["domainTokens", statistics.domainTokens],
    ["tokenCounts", statistics.tokenCounts],
  ]);
  for (const [name, module] of statistics.modules) {
    for (const [field, values] of Object.entries(fixedArrays(module))) arrays.set(`${name}.${field}`, stored(values));
    arrays.set(`${name}.histograms`, stored(module.histograms.subarray(0, module.usedHistograms * numBins)));
    arrays.set(`${name}.arenaOffsets`, stored(module.examples.arenaOffsets.subarray(0, module.examples.arenaEnd)));
    arrays.set(`${name}.arenaValues`, module.examples.arenaValues.subarray(0, module.examples.arenaEnd));
  }
  const modules = [...statistics.modules].map(([name, { shape }]) => ({ name, shape }));
  return { header: { tokens: statistics.tokens, rows: statistics.rows, modules }, arrays };
}

/**
 * The arrays are copied.
 *
 * @throws RangeError naming the array that is missing or of the wrong type or length
 */
export function fromArrays({ header, arrays }: StatisticsArrays): CollectionStatistics {
  const find = (name: string): StoredArray => {
    const found = arrays.get(name);
    if (found === undefined) throw new RangeError(`statistics: array ${name} is missing`);
    return found;
  };
  const modules = new Map<string, ModuleStatistics>();
  for (const { name, shape } of header.modules) {
    const module = createModuleStatistics(shape);
    for (const [field, target] of Object.entries(fixedArrays(module))) fill(target, find(`${name}.${field}`), `${name}.${field}`);
    module.histograms = Uint32Array.from(find(`${name}.histograms`));
    module.usedHistograms = module.histograms.length / numBins;
    const { examples } = module;
    examples.arenaOffsets = Int8Array.from(find(`${name}.arenaOffsets`));
    examples.arenaValues = Float32Array.from(find(`${name}.arenaValues`));
    examples.arenaEnd = examples.arenaValues.length;
    examples.counts.forEach((count, latent) => {
      if (count === examples.capacity) examples.findWeakest(latent);
    });
    modules.set(name, module);
  }
  return {
    tokens: header.tokens,
    rows: header.rows,
    domainTokens: Float64Array.from(find("domainTokens")),
    tokenCounts: Float64Array.from(find("tokenCounts")),
    modules,
  };
}

/** The arrays whose lengths the shape fixes. */
function fixedArrays(module: ModuleStatistics): { [field: string]: NumericArray } {
  const { examples, tokens } = module;
  return {
    fireCount: module.fireCount,
    sum: module.sum,
    sumSquares: module.sumSquares,
    sumCubes: module.sumCubes,
    max: module.max,
    min: module.min,
    histogramRows: module.histogramRows,
    domainCounts: module.domainCounts,
    exampleCounts: examples.counts,
    exampleValues: examples.values,
    exampleRows: examples.rows,
    examplePositions: examples.positions,
    windowStarts: examples.windowStarts,
    windowLengths: examples.windowLengths,
    ...(tokens.kind === "sketch" ? { tokenCounters: tokens.counters, tokenErrors: tokens.errors } : { tokenCounts: tokens.counts }),
  };
}

function stored(values: NumericArray): StoredArray {
  const isStored = values instanceof Int32Array || values instanceof Float32Array || values instanceof Float64Array;
  return isStored ? values : Int32Array.from(values);
}

function fill(target: NumericArray, values: StoredArray, name: string): void {
  const [expected, given] = [stored(target.subarray(0, 0)).constructor.name, values.constructor.name];
  if (given !== expected || values.length !== target.length) {
    throw new RangeError(`statistics: ${name} is ${given}(${values.length}) where ${expected}(${target.length}) belongs`);
  }
  target.set(values);
}
