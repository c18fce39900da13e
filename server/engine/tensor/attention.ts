import { add, multiply, softmaxLast, subtract, sumLast } from "./arithmetic";
import { usesOwnKernels, usesTensorflow } from "./backend";
import { fromValues, scalar, zeros } from "./create";
import { execute, NO_ATTRIBUTES } from "./execute";
import { concat, reshape, slice, split, transpose } from "./layout";
import { floatsOf } from "./plain-arrays";
import { plainSoftmaxGrad } from "./plain-softmax";
import { batchMatmul } from "./products";
import { free, keep, tidy } from "./scope";
import { softCap } from "./soft-cap";
import { demandSameShape, lastOf, type Tensor } from "./tensor";
import { type Attribute, count, FLOAT, typeOf } from "./tensorflow-binding";

/** The gradient of a softmax over the last axis by its scores: p·(dp − Σ p·dp). */
export function softmaxGrad(p: Tensor, dp: Tensor): Tensor {
  demandSameShape("softmaxGrad", p, dp);
  if (usesOwnKernels()) return execute("StanscopeSoftmaxGrad", NO_ATTRIBUTES, [p, dp]);
  if (!usesTensorflow()) return plainSoftmaxGrad(p, dp);
  return tidy(() => multiply(p, subtract(dp, sumLast(multiply(p, dp)))));
}

/** cos and sin, each (rows, 1, dHead); sin carries the sign of rotate-half in its first half. */
export type RotaryTables = { readonly cos: Tensor; readonly sin: Tensor };

/**
 * The tables of rotary position embedding (Su et al. 2021) in rotate-half form.
 *
 * @param positions of each row: of the tokens, or of all tokens of a batch in turn
 * @param theta the base, or the inverse frequencies themselves, dHead/2 of them for all rows or for each
 * @param scale factor on both tables, the same for all pairs or one for each: with dHead^−½ the queries come out scaled for attention
 * @throws RangeError when dHead is odd, or the frequencies of a row are not dHead/2
 */
export function rotaryTables(
  positions: Int32Array,
  dHead: number,
  theta: number | readonly number[] | ((row: number) => readonly number[]),
  scale: number | readonly number[] = 1,
): RotaryTables {
  if (dHead % 2 !== 0) throw new RangeError(`rotaryTables: dHead ${dHead} is odd`);
  const half = dHead / 2;
  const shared = typeof theta === "number" ? Array.from({ length: half }, (_, i) => theta ** (-i / half)) : theta;
  const scales = typeof scale === "number" ? new Array<number>(half).fill(scale) : scale;
  const cos = new Float32Array(positions.length * dHead);
  const sin = new Float32Array(positions.length * dHead);
  positions.forEach((position, row) => {
    const frequencies = typeof shared === "function" ? shared(row) : shared;
    if (frequencies.length !== half)
      throw new RangeError(`rotaryTables: ${frequencies.length} inverse frequencies do not fit dHead ${dHead}`);
    frequencies.forEach((frequency, i) => {
      // In float32, as the models' own code has it: at long positions the rounding shows.
      const angle = Math.fround(position * Math.fround(frequency));
      const at = row * dHead + i;
      const factor = scales[i] as number;
      cos[at] = cos[at + half] = Math.cos(angle) * factor;
      sin[at + half] = Math.sin(angle) * factor;
      sin[at] = -(sin[at + half] as number);
    });
  });
  const shape = [positions.length, 1, dHead];
  return { cos: fromValues(cos, shape), sin: fromValues(sin, shape) };
}

/**
 * Rotates x (batch, tokens, heads, dHead) by its positions: x·cos + swap(x)·sin; backward is the transpose of that,
 * the gradient of forward.
 *
 * @throws RangeError when the tables have neither `tokens` nor `batch·tokens` rows
 */
export function rotary(x: Tensor, tables: RotaryTables, direction: "forward" | "backward"): Tensor {
  const [batch = 0, tokens = 0, heads = 0, dHead = 0] = x.shape;
  const rows = tables.cos.shape[0] ?? 0;
  if (x.shape.length !== 4 || lastOf(tables.cos.shape) !== dHead || (rows !== tokens && rows !== batch * tokens)) {
    throw new RangeError(`rotary: tables [${tables.cos.shape}] do not fit x [${x.shape}]`);
  }
  const sign = scalar(direction === "forward" ? 1 : -1);
  if (usesOwnKernels()) return execute("StanscopeRotary", NO_ATTRIBUTES, [x, tables.cos, tables.sin, sign]);
  return tidy(() => {
    const flat = rows === tokens ? x : reshape(x, [1, batch * tokens, heads, dHead]);
    // The swap of halves is its own transpose and sin changes sign under it, so backward is forward with −sin.
    const turned = add(multiply(flat, tables.cos), multiply(swapHalves(flat), multiply(tables.sin, sign)));
    return rows === tokens ? turned : reshape(turned, x.shape);
  });
}

function swapHalves(x: Tensor): Tensor {
  const half = lastOf(x.shape) / 2;
  // Roll would do it at once, but copies its shifts to the device at each call.
  const [left, right] = split(x, [half, half], x.shape.length - 1) as [Tensor, Tensor];
  return concat([right, left], x.shape.length - 1);
}

/**
 * The keys and values of one sequence in one block, (room, kvHeads, dHead) each, written in place: of all its tokens, or where the cache slides of
 * the last ones, each at its position modulo the room.
 */
export type KeyValueCache = { readonly keys: Tensor; readonly values: Tensor; readonly isSliding: boolean };

/**
 * Lies outside all scopes until `freeCache`.
 *
 * @param room how many tokens it holds: all of a sequence, or the window of a cache that slides
 */
export function createKeyValueCache(room: number, kvHeads: number, dHead: number, reach: "all" | "sliding" = "all"): KeyValueCache {
  const shape = [room, kvHeads, dHead];
  return { keys: keep(zeros(shape)), values: keep(zeros(shape)), isSliding: reach === "sliding" };
}

export function freeCache(cache: KeyValueCache): void {
  free(cache.keys, cache.values);
}

/**
 * Writes tokens into a cache, as a prompt is read; a cache that slides keeps the last of them.
 *
 * @param k and `v`: (tokens, kvHeads, dHead), keys already rotated
 * @param from the place of the first of them
 * @throws RangeError when they reach past the cache
 */
export function writeCache(cache: KeyValueCache, k: Tensor, v: Tensor, from: number): void {
  const tokens = k.shape[0] ?? 0;
  const [room = 0] = cache.keys.shape;
  if (from < 0 || (!cache.isSliding && from + tokens > room)) {
    throw new RangeError(`writeCache: tokens ${from}…${from + tokens - 1} reach past a cache of ${room}`);
  }
  const passed = Math.max(0, tokens - room);
  tidy(() => {
    const held = (x: Tensor) => (passed === 0 ? x : slice(x, [passed, 0, 0], [room, ...x.shape.slice(1)]));
    writeRows(cache.keys, held(k), from + passed);
    writeRows(cache.values, held(v), from + passed);
  });
}

/**
 * Attention for one new token a row: writes its key and value into the row's cache, then attends to all that it holds up to it.
 *
 * @param q (rows, heads, dHead), already rotated and scaled by dHead^−½
 * @param kNew and `vNew`: (rows, kvHeads, dHead)
 * @param cache one for each row; a single one serves one row
 * @param position of the new token in each row's sequence, from 0
 * @param cap of the scores, as `softCap` has it
 * @returns (rows, heads·dHead)
 * @throws RangeError when the rows, caches and positions do not fit
 */
export function attendStep(
  q: Tensor,
  kNew: Tensor,
  vNew: Tensor,
  cache: KeyValueCache | readonly KeyValueCache[],
  position: number | readonly number[],
  cap?: number | undefined,
): Tensor {
  const caches = cachesOf(cache);
  const positions = typeof position === "number" ? caches.map(() => position) : position;
  demandStep(q.shape, kNew.shape, caches, positions);
  if (usesOwnKernels()) return attendAtOnce(q, kNew, vNew, caches, positions, cap);
  return tidy(() => {
    const [rows = 0, heads = 0, dHead = 0] = q.shape;
    const [, kvHeads = 0] = kNew.shape;
    const mixed = caches.map((one, row) => {
      const row3 = (x: Tensor, length: number) => slice(x, [row, 0, 0], [1, length, dHead]);
      return attendOne(row3(q, heads), row3(kNew, kvHeads), row3(vNew, kvHeads), one, positions[row] ?? 0, cap);
    });
    return reshape(rows === 1 ? (mixed[0] as Tensor) : concat(mixed, 0), [rows, heads * dHead]);
  });
}

/**
 * The same from what the projections give: rotates queries and keys, then attends.
 *
 * @param q (rows, heads·dHead)
 * @param kNew and `vNew`: (rows, kvHeads·dHead)
 * @param tables of each row's position for queries (with the factor on queries in them) and keys
 * @param cap of the scores, as `softCap` has it
 * @returns (rows, heads·dHead)
 * @throws RangeError as `attendStep`
 */
export function rotaryAttendStep(
  q: Tensor,
  kNew: Tensor,
  vNew: Tensor,
  tables: { readonly query: RotaryTables; readonly key: RotaryTables },
  caches: readonly KeyValueCache[],
  positions: Int32Array,
  cap?: number | undefined,
): Tensor {
  const rows = q.shape[0] ?? 0;
  const dHead = lastOf(tables.query.cos.shape);
  const byHead = (x: Tensor) => [rows, lastOf(x.shape) / dHead, dHead];
  demandStep(byHead(q), byHead(kNew), caches, positions);
  if (usesOwnKernels()) {
    return tidy(() => {
      const places = fromValues(positions, [positions.length]);
      const { query, key } = tables;
      const inputs = [q, kNew, vNew, places, query.cos, query.sin, key.cos, key.sin];
      return executeStep("RotaryAttendStep", inputs, caches, cap);
    });
  }
  return tidy(() => {
    const turned = (x: Tensor, table: RotaryTables) => {
      const [, heads = 0] = byHead(x);
      return reshape(rotary(reshape(x, [rows, 1, heads, dHead]), table, "forward"), [rows, heads, dHead]);
    };
    return attendStep(turned(q, tables.query), turned(kNew, tables.key), reshape(vNew, byHead(vNew)), caches, Array.from(positions), cap);
  });
}

function cachesOf(cache: KeyValueCache | readonly KeyValueCache[]): readonly KeyValueCache[] {
  return isOneCache(cache) ? [cache] : cache;
}

function isOneCache(cache: KeyValueCache | readonly KeyValueCache[]): cache is KeyValueCache {
  return !Array.isArray(cache);
}

function attendAtOnce(
  q: Tensor,
  kNew: Tensor,
  vNew: Tensor,
  caches: readonly KeyValueCache[],
  positions: readonly number[],
  cap: number | undefined,
): Tensor {
  return tidy(() => {
    const places = fromValues(Int32Array.from(positions), [positions.length]);
    return executeStep("AttendStep", [q, kNew, vNew, places], caches, cap);
  });
}

function executeStep(
  name: "AttendStep" | "RotaryAttendStep",
  inputs: readonly Tensor[],
  caches: readonly KeyValueCache[],
  cap: number | undefined,
): Tensor {
  const attributes = cacheCount(caches.length);
  if (cap === undefined) return execute(`Stanscope${name}`, attributes, [...inputs, ...cacheTensors(caches)]);
  return execute(`StanscopeCapped${name}`, attributes, [...inputs, scalar(cap), ...cacheTensors(caches)]);
}

/** As kernels of a step take them: the keys of all rows, then the values. */
export function cacheTensors(caches: readonly KeyValueCache[]): Tensor[] {
  return [...caches.map(({ keys }) => keys), ...caches.map(({ values }) => values)];
}

/** q (1, heads, dHead) → (1, heads, dHead); heads of one group share a key head. */
function attendOne(q: Tensor, kNew: Tensor, vNew: Tensor, cache: KeyValueCache, position: number, cap: number | undefined): Tensor {
  writeCache(cache, kNew, vNew, position);
  const [room = 0, kvHeads = 0, dHead = 0] = cache.keys.shape;
  const [, heads = 0] = q.shape;
  const seen = (x: Tensor) => transpose(slice(x, [0, 0, 0], [Math.min(position + 1, room), kvHeads, dHead]), [1, 0, 2]);
  const grouped = reshape(q, [kvHeads, heads / kvHeads, dHead]);
  const scores = batchMatmul(grouped, seen(cache.keys), { transposeB: true });
  const weights = softmaxLast(cap === undefined ? scores : softCap(scores, cap));
  return reshape(batchMatmul(weights, seen(cache.values)), [1, heads, dHead]);
}

const INPLACE = [typeOf("T", FLOAT)];

/** Each row at its position modulo the target's rows. */
function writeRows(target: Tensor, rows: Tensor, from: number): void {
  const [room = 0, kvHeads = 0, dHead = 0] = target.shape;
  const places = Int32Array.from({ length: rows.shape[0] ?? 0 }, (_, i) => (from + i) % room);
  if (!usesTensorflow()) {
    const width = kvHeads * dHead;
    const [to, values] = [floatsOf(target), floatsOf(rows)];
    places.forEach((place, i) => {
      to.set(values.subarray(i * width, (i + 1) * width), place * width);
    });
    return;
  }
  tidy(() => {
    // The op writes into its first input's own buffer and gives it back under a second name.
    execute("InplaceUpdate", INPLACE, [target, fromValues(places, [places.length]), rows]);
  });
}

const cacheCounts = new Map<number, readonly Attribute[]>();

function cacheCount(rows: number): readonly Attribute[] {
  const known = cacheCounts.get(rows) ?? [count("rows", rows)];
  cacheCounts.set(rows, known);
  return known;
}

/** @throws RangeError when queries and keys (by their shapes), caches and positions do not fit each other */
export function demandStep(
  q: readonly number[],
  kNew: readonly number[],
  caches: readonly KeyValueCache[],
  positions: ArrayLike<number>,
): void {
  const [rows = 0] = q;
  const fits = q.length === 3 && kNew.length === 3 && kNew[0] === rows && q[2] === kNew[2];
  if (!fits || rows !== caches.length || rows !== positions.length) {
    throw new RangeError(`attendStep: q [${q}], new keys [${kNew}], ${caches.length} caches and ${positions.length} positions do not fit`);
  }
  caches.forEach(({ keys, isSliding }, row) => {
    const position = positions[row] ?? -1;
    const [maxTokens = 0, kvHeads, dHead] = keys.shape;
    if (kvHeads !== kNew[1] || dHead !== kNew[2])
      throw new RangeError(`attendStep: a cache of shape [${keys.shape}] does not hold keys [${kNew}]`);
    if (position < 0 || (!isSliding && position >= maxTokens))
      throw new RangeError(`attendStep: position ${position} is not in 0…${maxTokens - 1}`);
  });
}
