import { numHalfOctaves } from "@/lib/numbers/half-octaves";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { type CollectionStatistics, emptyStatistics } from "./collection-statistics";
import { addedArrays } from "./counts/added-arrays";
import { packTail, unpackTail } from "./counts/packed-tail";
import { packTokenCounts, unpackTokenCounts } from "./counts/packed-token-counts";
import { tailSigns } from "./counts/tails";
import { type ArraySource, packExamples, type StoredArray, storedView, unpackExamples } from "./examples/packed-examples";
import type { TopExamples } from "./examples/top-examples";
import { binsOf, type ModuleStatistics, type StatisticsShape } from "./module-statistics";
import type { Probe } from "./quiet-probes";
import { positionHash, positionHashes } from "./samples/position-hash";

/** What the arrays alone do not say; plain JSON. */
export type StatisticsHeader = {
  seed: number;
  tokens: number;
  rows: number;
  followed: number;
  probes: readonly Probe[];
  sample: { capacity: number; halvings: number };
  tokenBytes: number;
  modules: { name: string; shape: StatisticsShape }[];
};

/**
 * A collection's accumulators as named flat arrays, for a file: a pass is resumed, or its shards merged, from these. They stand in one order,
 * whatever order batches and shards came in, so that what is the same in any order is the same to the bit.
 */
export type StatisticsArrays = { header: StatisticsHeader; arrays: Map<string, StoredArray> };

/** The arrays may be views of the accumulators, good until the next batch is added. Packed module by module, and one with many token counts in parts. */
export function* toArrays(statistics: CollectionStatistics): InParts<StatisticsArrays> {
  const { seed, tokens, rows, followed, probes, sample } = statistics;
  const sampled = sample.slotsInOrder();
  const arrays = new Map<string, StoredArray>([
    ["domainTokens", statistics.domainTokens],
    ["domainRows", statistics.domainRows],
    ["classRows", statistics.classRows],
    ["tokenCounts", statistics.tokenCounts],
    ["followerCounts", statistics.followerCounts],
    ["probesSeen", storedView(probes.seen)],
    ["sampleRows", sampled.map((slot) => sample.rows[slot] ?? 0)],
    ["samplePositions", sampled.map((slot) => sample.positions[slot] ?? 0)],
  ]);
  for (const [name, module] of statistics.modules) {
    for (const [field, values] of Object.entries(fixedArrays(module))) arrays.set(`${name}.${field}`, storedView(values));
    for (const packed of varyingArrays(module, sampled)) {
      if (packed === undefined) yield;
      else arrays.set(`${name}.${packed[0]}`, packed[1]);
    }
    yield;
  }
  const modules = [...statistics.modules].map(([name, { shape }]) => ({ name, shape }));
  const header = {
    seed,
    tokens,
    rows,
    followed,
    probes: probes.probes,
    sample: { capacity: sample.capacity, halvings: sample.halvings },
    tokenBytes: statistics.tokenBudget.limitBytes,
    modules,
  };
  return { header, arrays };
}

/**
 * The arrays are copied, module by module.
 *
 * @throws RangeError naming the array that is missing or of the wrong type or length
 */
export function* fromArrays({ header, arrays }: StatisticsArrays): InParts<CollectionStatistics> {
  const source = arraySource(arrays, "");
  const numDomains = source.floats64("domainTokens").length;
  const numClasses = source.floats64("classRows").length;
  const vocab = source.floats64("tokenCounts").length;
  const { seed, probes, sample, tokenBytes } = header;
  const shapes = header.modules.map(({ name, shape }) => [name, shape] as const);
  const counted = { numDomains, numClasses, vocab };
  const statistics = emptyStatistics({ seed, ...counted, probes, coFiringPositions: sample.capacity, tokenBytes, shapes });
  statistics.tokens = header.tokens;
  statistics.rows = header.rows;
  statistics.followed = header.followed;
  fill(statistics.domainTokens, source, "domainTokens");
  fill(statistics.domainRows, source, "domainRows");
  fill(statistics.classRows, source, "classRows");
  fill(statistics.tokenCounts, source, "tokenCounts");
  fill(statistics.followerCounts, source, "followerCounts");
  fill(statistics.probes.seen, source, "probesSeen");
  readSample(statistics, source, sample.halvings);
  for (const [name, module] of statistics.modules) {
    readModule(module, arraySource(arrays, `${name}.`), statistics);
    yield;
  }
  return statistics;
}

/** What a latent's arrays are: shards that were written with others cannot be added to these. */
export const accumulatorNames: readonly string[] = [
  ...addedArrays,
  "secondMoment",
  "thirdMoment",
  "tails",
  "windows of 16 bits",
  "rows by domain of all, by class and by place",
];

/** The arrays whose lengths the shape fixes. */
function fixedArrays(module: ModuleStatistics): { [field: string]: Int32Array | Uint32Array | Float32Array | Float64Array } {
  return {
    ...Object.fromEntries(addedArrays.map((name) => [name, module[name]])),
    secondMoment: module.moments.second,
    thirdMoment: module.moments.third,
    squares: module.squares,
    ratioCounts: module.ratios.counts,
    largestRatio: module.ratios.largest,
    max: module.max,
    min: module.min,
    domainCounts: module.domainCounts,
    domainRows: module.domainRows,
    classRows: module.classRows,
    placeCounts: module.placeCounts,
    probeMasks: module.probeMasks,
  };
}

/** The arrays that grow with what was seen. @param sampled slots of the sample of positions, in order */
function* varyingArrays(module: ModuleStatistics, sampled: Int32Array): Generator<[field: string, values: StoredArray] | undefined> {
  const { bins, samples, examples, lowExamples, tails, fired } = module;
  const usedRows = usedBinRows(module);
  const binCounts = new Int32Array(usedRows.length * numHalfOctaves);
  const sampleSlots: Int32Array[] = [];
  usedRows.forEach((at, place) => {
    const start = (bins.rows[at] ?? 0) * numHalfOctaves;
    for (let bin = 0; bin < numHalfOctaves; bin++) {
      const count = bins.counts[start + bin] as number;
      if (count === 0) continue;
      binCounts[place * numHalfOctaves + bin] = count;
      sampleSlots.push(samples.slotsOf(start + bin));
    }
  });
  yield ["binRows", usedRows];
  yield ["binCounts", binCounts];
  yield* packExamples("sample", samples.kept, sampleSlots);
  yield* writeExamples("example", examples);
  if (lowExamples !== undefined) yield* writeExamples("lowExample", lowExamples);
  if (tails !== undefined) for (const sign of tailSigns) yield* packTail(sign, tails[sign]);
  yield* packTokenCounts("token", module.tokens);
  yield* packTokenCounts("nextToken", module.nextTokens);
  if (fired === undefined) return;
  const ids = new Int32Array(sampled.length * fired.width);
  sampled.forEach((slot, place) => {
    ids.set(fired.ids.subarray(slot * fired.width, (slot + 1) * fired.width), place * fired.width);
  });
  yield ["firedTogether", ids];
}

/** Latents (and after them, latents with negative activations) that have counts by half octave, ascending. */
function usedBinRows({ bins }: ModuleStatistics): Int32Array {
  return Int32Array.from(bins.rows.keys()).filter((at) => (bins.rows[at] ?? -1) >= 0);
}

function readSample({ seed, sample }: CollectionStatistics, source: ArraySource, halvings: number): void {
  const [rows, positions] = [source.ints("sampleRows"), source.ints("samplePositions")];
  const batch = { rows, positions, counted: new Uint8Array(rows.length).fill(1) };
  sample.take(batch, positionHashes(seed, batch), halvings);
}

function readModule(module: ModuleStatistics, source: ArraySource, { seed, sample }: CollectionStatistics): void {
  for (const [field, target] of Object.entries(fixedArrays(module))) fill(target, source, field);
  const { numLatents, samplesPerBin } = module.shape;

  const binRows = source.ints("binRows");
  const binCounts = source.ints("binCounts", binRows.length * numHalfOctaves);
  const binSamples = unpackExamples("sample", source);
  binRows.forEach((at, place) => {
    const isNegative = at >= numLatents;
    const start = binsOf(module, isNegative ? at - numLatents : at, isNegative);
    for (let bin = 0; bin < numHalfOctaves; bin++) {
      const count = binCounts[place * numHalfOctaves + bin] as number;
      module.bins.counts[start + bin] = count;
      for (const { value, row, position, setWindow } of binSamples(Math.min(count, samplesPerBin))) {
        setWindow(module.samples.kept, module.samples.admit(start + bin, positionHash(seed, row, position), value, row, position));
      }
    }
  });

  readExamples("example", source, module.examples);
  if (module.lowExamples !== undefined) readExamples("lowExample", source, module.lowExamples);
  if (module.tails !== undefined) for (const sign of tailSigns) unpackTail(sign, source, module.tails[sign]);

  unpackTokenCounts("token", source, module.tokens);
  unpackTokenCounts("nextToken", source, module.nextTokens);

  if (module.fired === undefined) return;
  const ids = source.ints("firedTogether");
  module.fired.width = sample.count === 0 ? 0 : ids.length / sample.count;
  module.fired.ids = Int32Array.from(ids);
}

/** What `readExamples` reads. */
function* writeExamples(name: string, examples: TopExamples): Generator<[field: string, values: StoredArray]> {
  yield [`${name}Counts`, Int32Array.from(examples.counts)];
  const slots = Array.from({ length: examples.numLatents }, (_, latent) => examples.slotsOf(latent));
  yield* packExamples(name, examples.kept, slots);
}

function readExamples(name: string, source: ArraySource, into: TopExamples): void {
  const examples = unpackExamples(name, source);
  source.ints(`${name}Counts`, into.numLatents).forEach((count, latent) => {
    for (const { value, row, position, setWindow } of examples(count)) setWindow(into.kept, into.admit(latent, value, row, position));
  });
}

function arraySource(arrays: ReadonlyMap<string, StoredArray>, prefix: string): ArraySource {
  const read = <Numbers extends StoredArray>(field: string, type: new (length: number) => Numbers, length?: number): Numbers => {
    const found = arrays.get(prefix + field);
    if (found === undefined) throw new RangeError(`statistics: array ${prefix}${field} is missing`);
    if (!(found instanceof type) || (length !== undefined && found.length !== length)) {
      const given = `${found.constructor.name}(${found.length})`;
      throw new RangeError(`statistics: ${prefix}${field} is ${given} where ${type.name}(${length ?? "any length"}) belongs`);
    }
    return found;
  };
  return {
    ints: (field, length) => read(field, Int32Array, length),
    floats: (field, length) => read(field, Float32Array, length),
    floats64: (field, length) => read(field, Float64Array, length),
  };
}

function fill(target: Int32Array | Uint32Array | Float32Array | Float64Array, source: ArraySource, field: string): void {
  if (target instanceof Float64Array) target.set(source.floats64(field, target.length));
  else if (target instanceof Float32Array) target.set(source.floats(field, target.length));
  else target.set(source.ints(field, target.length));
}
