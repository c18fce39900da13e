import type { InParts } from "@/server/engine/tensor/in-parts";
import { accumulate, createWorkspace } from "./accumulate";
import { type CollectionStatistics, countPositions } from "./collection-statistics";
import type { KeptLatents } from "./kept-latents";
import type { PositionBatch } from "./position-batch";
import { prepareBatch } from "./prepared-batch";

/** One forward pass's input: what the statistics need, beside whatever the forward itself does. */
export type CollectionInput = { batch: PositionBatch };

export type CollectionOptions = {
  /** Counted positions at which the pass ends, counting those already in the statistics; the batch that reaches them is finished. */
  maxTokens: number;
  /** Positions that are gathered before they are added up: larger spares memory traffic, smaller spares memory. */
  positionsAtOnce?: number;
};

/**
 * One statistics pass: each input goes through `forward` once, which gives every adapted module's kept latents, and is added to `statistics`.
 * Stopping the iteration early leaves out what was not yet added; a pass that is to be resumed runs shard by shard, each to its end.
 *
 * @param forward a module's kept latents at the batch's positions, for every module of the statistics
 * @returns after each batch the counted positions and rows that are through, and nothing between the parts of a pass
 * @throws RangeError naming the module whose activations do not fit or are not finite
 */
export function* collectActivations<Input extends CollectionInput>(
  statistics: CollectionStatistics,
  inputs: Iterable<Input>,
  forward: (input: Input) => ReadonlyMap<string, KeptLatents> | InParts<ReadonlyMap<string, KeptLatents>>,
  options: CollectionOptions,
): Generator<{ tokens: number; rows: number } | undefined, void> {
  const { maxTokens, positionsAtOnce = 2048 } = options;
  const workspace = createWorkspace();
  let pending: { batch: PositionBatch; kept: ReadonlyMap<string, KeptLatents> }[] = [];
  let positions = 0;

  const addPending = () => {
    if (pending.length === 0) return;
    const batch = prepareBatch(statistics, joinBatches(pending.map((entry) => entry.batch)));
    for (const [name, module] of statistics.modules) {
      const kept = pending.map((entry) => {
        const ofModule = entry.kept.get(name);
        if (ofModule === undefined) throw new RangeError(`${name}: the forward pass gave no activations`);
        return ofModule;
      });
      try {
        accumulate(module, batch, joinKept(kept), workspace);
      } catch (cause) {
        throw new RangeError(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }
    }
    pending = [];
    positions = 0;
  };

  for (const input of inputs) {
    if (statistics.tokens >= maxTokens) break;
    const made = forward(input);
    pending.push({ batch: input.batch, kept: "next" in made ? yield* made : made });
    countPositions(statistics, input.batch);
    positions += input.batch.counted.length;
    if (positions >= positionsAtOnce) addPending();
    yield { tokens: statistics.tokens, rows: statistics.rows };
  }
  addPending();
}

function joinBatches(batches: readonly PositionBatch[]): PositionBatch {
  const [first] = batches;
  if (first !== undefined && batches.length === 1) return first;
  return {
    ids: joinIfAny(batches.map(({ ids }) => ids)),
    rows: joinInts(batches.map(({ rows }) => rows)),
    positions: joinInts(batches.map(({ positions }) => positions)),
    domains: joinInts(batches.map(({ domains }) => domains)),
    classes: joinIfAny(batches.map(({ classes }) => classes)),
    counted: join(
      batches.map(({ counted }) => counted),
      (length) => new Uint8Array(length),
    ),
  };
}

/** Either all parts have values or none. */
function joinIfAny(parts: readonly (Int32Array | null)[]): Int32Array | null {
  const found = parts.flatMap((part) => part ?? []);
  return found.length === 0 ? null : joinInts(found);
}

function joinKept(kept: readonly KeptLatents[]): KeptLatents {
  const [first] = kept;
  if (first !== undefined && kept.length === 1) return first;
  const most = kept.reduce((most, one) => Math.max(most, widthOf(one)), 0);
  const wide = kept.map((one) => widened(one, most));
  return {
    indices: joinInts(wide.map(({ indices }) => indices)),
    values: joinFloats(wide.map(({ values }) => values)),
    contributions: joinFloats(wide.map(({ contributions }) => contributions)),
    updateSquares: joinFloats(kept.map(({ updateSquares }) => updateSquares)),
    baseSquares: joinFloats(kept.map(({ baseSquares }) => baseSquares)),
  };
}

function widthOf({ indices, baseSquares }: KeptLatents): number {
  return indices.length / baseSquares.length;
}

/** Passes may differ in how many latents a position keeps at most: more entries a position, of no firings. */
function widened(kept: KeptLatents, width: number): Pick<KeptLatents, "indices" | "values" | "contributions"> {
  const own = widthOf(kept);
  if (own === width) return kept;
  const positions = kept.baseSquares.length;
  const spread = <Numbers extends Int32Array | Float32Array>(from: Numbers, into: Numbers): Numbers => {
    for (let at = 0; at < positions; at++) into.set(from.subarray(at * own, (at + 1) * own), at * width);
    return into;
  };
  return {
    indices: spread(kept.indices, new Int32Array(positions * width)),
    values: spread(kept.values, new Float32Array(positions * width)),
    contributions: spread(kept.contributions, new Float32Array(positions * width)),
  };
}

function joinInts(parts: readonly Int32Array[]): Int32Array {
  return join(parts, (length) => new Int32Array(length));
}

function joinFloats(parts: readonly Float32Array[]): Float32Array {
  return join(parts, (length) => new Float32Array(length));
}

function join<Numbers extends Int32Array | Float32Array | Uint8Array>(
  parts: readonly Numbers[],
  create: (length: number) => Numbers,
): Numbers {
  const whole = create(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
