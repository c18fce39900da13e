import { halfOctaveBin } from "@/lib/numbers/half-octaves";
import { joinMoments } from "./counts/central-moments";
import { createLatentMajor, type LatentMajor, sortByLatent } from "./counts/latent-major";
import { countRatio } from "./counts/update-range";
import type { TopExamples } from "./examples/top-examples";
import type { ExampleWindow } from "./examples/window-arena";
import type { KeptLatents } from "./kept-latents";
import { binsOf, type ModuleStatistics } from "./module-statistics";
import type { PreparedBatch } from "./prepared-batch";
import { markProbes } from "./quiet-probes";

/** Memory that is used again for every module and batch. */
export type Workspace = { sorted: LatentMajor; offsets: Int16Array; activations: Float32Array; window: ExampleWindow };

export function createWorkspace(): Workspace {
  return { sorted: createLatentMajor(), offsets: new Int16Array(0), activations: new Float32Array(0), window: { before: 0, after: 0 } };
}

/**
 * Adds a batch to a module's statistics. The firings are first sorted by latent, so that each latent's numbers are read and written once
 * and its firings in one row of the corpus, the candidates' windows, lie side by side.
 *
 * @throws RangeError when the shapes do not fit or a number is not finite, with latent and row named
 */
export function accumulate(statistics: ModuleStatistics, batch: PreparedBatch, kept: KeptLatents, workspace: Workspace): void {
  const size = batch.counted.length;
  const width = widthOf(kept, size);
  const { numLatents, numDomains, numRowDomains, numClasses, numPlaces } = statistics.shape;
  const { sorted } = workspace;
  makeRoom(workspace, statistics.shape.window);
  sortByLatent(sorted, kept, width, batch.counted, numLatents);
  const { starts, places } = sorted;
  const { rows, domains, classes } = batch;
  const { examples, lowExamples } = statistics;
  const isSigned = lowExamples !== undefined;

  for (let latent = 0; latent < numLatents; latent++) {
    const begin = starts[latent] as number;
    const end = starts[latent + 1] as number;
    if (begin === end) continue;
    addMoments(statistics, latent, batch, sorted, begin, end);
    addActivations(statistics, latent, batch, workspace, begin, end);
    addFollowed(statistics.followedCount, latent, batch.followers, places, begin, end);
    addTails(statistics, latent, batch.ids, sorted, begin, end);
    if (numPlaces > 0) addPlaces(statistics.placeCounts, latent * numPlaces, numPlaces, batch.positions, places, begin, end);

    let rowsFired = 0;
    // One candidate a row: its highest activation, the first of equal ones; of a dense component its lowest too.
    for (let rowBegin = begin; rowBegin < end; ) {
      rowsFired++;
      const place = places[rowBegin] as number;
      const row = rows[place] as number;
      let [peak, low, at] = [rowBegin, rowBegin, rowBegin];
      let [highest, lowest] = [-Infinity, Infinity];
      for (; at < end && rows[places[at] as number] === row; at++) {
        const value = sorted.values[at] as number;
        if (value > highest) {
          highest = value;
          peak = at;
        }
        if (value < lowest) {
          lowest = value;
          low = at;
        }
      }
      const domain = domains[place] as number;
      addTo(statistics.domainCounts, latent * numDomains + domain, at - rowBegin);
      if (numRowDomains > 0) addTo(statistics.domainRows, latent * numRowDomains + domain, 1);
      const ofClass = classes === null ? -1 : (classes[place] as number);
      if (ofClass >= 0) addTo(statistics.classRows, latent * numClasses + ofClass, 1);
      // The ends of a dense component are of one sign each.
      if (highest >= (examples.threshold[latent] as number) && !(isSigned && highest < 0)) {
        addExample(examples, latent, batch, workspace, peak, begin, end);
      }
      if (isSigned && lowest < 0 && -lowest >= (lowExamples.threshold[latent] as number)) {
        addExample(lowExamples, latent, batch, workspace, low, begin, end);
      }
      rowBegin = at;
    }
    statistics.rowCount[latent] = (statistics.rowCount[latent] as number) + rowsFired;
  }
  if (!isSigned) addTokens(statistics, batch, sorted);
  addSquares(statistics, batch, kept);
  markProbes(statistics.probeMasks, batch.probed, kept.indices, kept.values, width);
  statistics.fired?.follow(batch.sampled, batch.sampledBefore, kept, width);
}

function addTo(counts: Uint32Array, at: number, count: number): void {
  counts[at] = (counts[at] as number) + count;
}

function widthOf({ indices, values, contributions, updateSquares, baseSquares }: KeptLatents, size: number): number {
  const isFit = indices.length % size === 0 && values.length === indices.length && contributions.length === indices.length;
  if (!isFit) throw new RangeError(`${indices.length} indices and ${values.length} values do not fit ${size} positions`);
  if (updateSquares.length !== size || baseSquares.length !== size) {
    throw new RangeError(`squares of ${updateSquares.length} and ${baseSquares.length} positions do not fit ${size} positions`);
  }
  return indices.length / size;
}

function addMoments(
  statistics: ModuleStatistics,
  latent: number,
  batch: PreparedBatch,
  sorted: LatentMajor,
  begin: number,
  end: number,
): void {
  const { values, contributions } = sorted;
  let sum = 0;
  let sumSquares = 0;
  let contribution = 0;
  let max = statistics.max[latent] as number;
  let min = statistics.min[latent] as number;
  for (let at = begin; at < end; at++) {
    const value = values[at] as number;
    sum += value;
    sumSquares += value * value;
    contribution += contributions[at] as number;
    if (value > max) max = value;
    if (value < min) min = value;
  }
  if (!Number.isFinite(sumSquares)) refuse(latent, batch, sorted, begin, end);
  addSpread(statistics, latent, values, begin, end, sum);
  statistics.fireCount[latent] = (statistics.fireCount[latent] as number) + (end - begin);
  statistics.sum[latent] = (statistics.sum[latent] as number) + sum;
  statistics.sumSquares[latent] = (statistics.sumSquares[latent] as number) + sumSquares;
  statistics.contributions[latent] = (statistics.contributions[latent] as number) + contribution;
  statistics.max[latent] = max;
  statistics.min[latent] = min;
}

/** How a batch's firings spread about their mean, before they are counted. @param sum of their activations */
function addSpread(
  { moments, fireCount, sum: sums }: ModuleStatistics,
  latent: number,
  values: Float32Array,
  begin: number,
  end: number,
  sum: number,
): void {
  const count = end - begin;
  const mean = sum / count;
  let [second, third] = [0, 0];
  for (let at = begin; at < end; at++) {
    const apart = (values[at] as number) - mean;
    const square = apart * apart;
    second += square;
    third += square * apart;
  }
  joinMoments(moments, latent, { count: fireCount[latent] as number, sum: sums[latent] as number }, { count, sum, second, third });
}

/** Counts each firing in its half octave, and keeps it as a sample of it where its position's hash is small enough. */
function addActivations(
  statistics: ModuleStatistics,
  latent: number,
  batch: PreparedBatch,
  workspace: Workspace,
  begin: number,
  end: number,
): void {
  const { values, bits, places } = workspace.sorted;
  const { bins, samples } = statistics;
  const { hashes } = batch;
  let positiveStart = -1;
  let negativeStart = -1;
  for (let at = begin; at < end; at++) {
    const isNegative = (values[at] as number) < 0;
    let start = isNegative ? negativeStart : positiveStart;
    if (start < 0) {
      start = binsOf(statistics, latent, isNegative);
      if (isNegative) negativeStart = start;
      else positiveStart = start;
    }
    const bin = start + halfOctaveBin(bits[at] as number);
    bins.counts[bin] = (bins.counts[bin] as number) + 1;
    const block = samples.blocks[bin] as number;
    const place = places[at] as number;
    const hash = hashes[place] as number;
    if (block >= 0 && hash > (samples.limits[block] as number)) continue;
    const slot = samples.admit(bin, hash, values[at] as number, batch.rows[place] as number, batch.positions[place] as number);
    if (slot < 0) continue;
    const length = cutWindow(workspace, batch, at, begin, end);
    samples.kept.windows.set(slot, workspace.offsets, workspace.activations, length);
  }
}

function addFollowed(counts: Uint32Array, latent: number, followers: Int32Array, places: Int32Array, begin: number, end: number): void {
  let followed = 0;
  for (let at = begin; at < end; at++) if ((followers[places[at] as number] as number) >= 0) followed++;
  counts[latent] = (counts[latent] as number) + followed;
}

function addTokens({ tokens, nextTokens }: ModuleStatistics, { ids, followers }: PreparedBatch, { starts, places }: LatentMajor): void {
  if (ids === null) return;
  // Copies: the workspace is used again for the next module.
  const firings = { starts: starts.slice(), places: places.slice(0, starts.at(-1)) };
  tokens.addBatch(firings, ids);
  nextTokens.addBatch(firings, followers);
}

/** Counts the places of a latent's firings. @throws RangeError for a position that is none of them */
function addPlaces(
  counts: Uint32Array,
  from: number,
  numPlaces: number,
  positions: Int32Array,
  places: Int32Array,
  begin: number,
  end: number,
): void {
  for (let at = begin; at < end; at++) {
    const position = positions[places[at] as number] as number;
    if (position >= numPlaces) throw new RangeError(`position ${position} is not in 0…${numPlaces - 1}`);
    addTo(counts, from + position, 1);
  }
}

/** Offers a dense component's activations to the tail of their sign. */
function addTails(
  { tails }: ModuleStatistics,
  latent: number,
  ids: PreparedBatch["ids"],
  { places, values }: LatentMajor,
  begin: number,
  end: number,
): void {
  if (tails === undefined || ids === null) return;
  const { positive, negative } = tails;
  for (let at = begin; at < end; at++) {
    const value = values[at] as number;
    const token = ids[places[at] as number] as number;
    if (value < 0) negative.offer(latent, -value, token);
    else positive.offer(latent, value, token);
  }
}

function addExample(
  examples: TopExamples,
  latent: number,
  batch: PreparedBatch,
  workspace: Workspace,
  peak: number,
  begin: number,
  end: number,
): void {
  const { places, values } = workspace.sorted;
  const place = places[peak] as number;
  const slot = examples.admit(latent, values[peak] as number, batch.rows[place] as number, batch.positions[place] as number);
  if (slot < 0) return;
  const length = cutWindow(workspace, batch, peak, begin, end);
  examples.kept.windows.set(slot, workspace.offsets, workspace.activations, length);
}

/** Makes the workspace hold a whole window of a module. */
function makeRoom(workspace: Workspace, window: ExampleWindow): void {
  workspace.window = window;
  const size = window.before + 1 + window.after;
  if (workspace.offsets.length >= size) return;
  workspace.offsets = new Int16Array(size);
  workspace.activations = new Float32Array(size);
}

/** Copies a latent's firings around one of them, in its row, to the workspace. @returns how many there are */
function cutWindow(
  { sorted, offsets, activations, window: { before: reach, after } }: Workspace,
  batch: PreparedBatch,
  centre: number,
  begin: number,
  end: number,
): number {
  const { places, values } = sorted;
  const { rows, positions } = batch;
  const place = places[centre] as number;
  const row = rows[place];
  const position = positions[place] as number;
  // Loops without functions of their own: a window is cut for every other firing of a pass's beginning.
  let first = centre;
  while (first > begin) {
    const before = places[first - 1] as number;
    if (rows[before] !== row || (positions[before] as number) < position - reach) break;
    first--;
  }
  let length = 0;
  for (let at = first; at < end; at++) {
    const other = places[at] as number;
    const offset = (positions[other] as number) - position;
    if (rows[other] !== row || offset > after) break;
    offsets[length] = offset;
    activations[length] = values[at] as number;
    length++;
  }
  return length;
}

function addSquares(
  { squares, ratios }: ModuleStatistics,
  { counted, rows, positions }: PreparedBatch,
  { updateSquares, baseSquares }: KeptLatents,
): void {
  let [ofUpdate, ofBase] = [0, 0];
  for (let place = 0; place < counted.length; place++) {
    if (counted[place] === 0) continue;
    const [update, base] = [updateSquares[place] as number, baseSquares[place] as number];
    ofUpdate += update;
    ofBase += base;
    if (Number.isFinite(ofUpdate + ofBase)) {
      if (base > 0) countRatio(ratios, Math.sqrt(update / base));
      continue;
    }
    throw new RangeError(`the update or the frozen output is not finite at row ${rows[place]}, position ${positions[place]}`);
  }
  squares[0] = (squares[0] as number) + ofUpdate;
  squares[1] = (squares[1] as number) + ofBase;
}

function refuse(latent: number, batch: PreparedBatch, sorted: LatentMajor, begin: number, end: number): never {
  let at = begin;
  while (at < end - 1 && Number.isFinite(sorted.values[at])) at++;
  const place = sorted.places[at] ?? 0;
  throw new RangeError(
    `latent ${latent} has activation ${sorted.values[at]} at row ${batch.rows[place]}, position ${batch.positions[place]}`,
  );
}
