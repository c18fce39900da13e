import { usesTensorflow } from "./backend";
import { constant, createTensor, dims, execute, executeMany, index } from "./execute";
import { plainTensor, readable } from "./plain-arrays";
import { plainConcat, plainGatherRows, plainPad, plainScatterAddRows, plainSlice, plainTranspose } from "./plain-layout";
import { viewOf } from "./scope";
import { sizeOf, type Tensor } from "./tensor";
import { type Attribute, count, FLOAT, INT32, typeNumber, typeOf } from "./tensorflow-binding";

/** @throws RangeError when the shapes hold different numbers of values */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  if (sizeOf(x.shape) !== sizeOf(shape)) throw new RangeError(`reshape: [${x.shape}] does not become [${shape}]`);
  return viewOf(x, () =>
    usesTensorflow()
      ? execute(
          "Reshape",
          attributes("reshape", x, () => [typeOf("Tshape", INT32)]),
          [x, dims(shape)],
        )
      : plainTensor(readable(x), shape),
  );
}

/** Axis i of the result is axis `order[i]` of x. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if (order.length !== x.shape.length || order.some((_, axis) => !order.includes(axis))) {
    throw new RangeError(`transpose: order [${order}] does not name each axis of [${x.shape}] once`);
  }
  if (!usesTensorflow()) return plainTranspose(x, order);
  return execute(
    "Transpose",
    attributes("transpose", x, () => [typeOf("Tperm", INT32)]),
    [x, dims(order)],
  );
}

/** @throws RangeError for an empty list, or shapes that differ elsewhere than on `axis` */
export function concat(list: readonly Tensor[], axis: number): Tensor {
  const [first] = list;
  if (first === undefined) throw new RangeError("concat: nothing to join");
  for (const { shape } of list) {
    const fits = shape.length === first.shape.length && shape.every((length, i) => i === axis || length === first.shape[i]);
    if (!fits) throw new RangeError(`concat: [${shape}] does not join [${first.shape}] on axis ${axis}`);
  }
  if (list.length === 1) return reshape(first, first.shape);
  if (!usesTensorflow()) return plainConcat(list, axis);
  const n = list.length;
  return execute(
    "ConcatV2",
    attributes(`concat${n}`, first, () => [count("N", n), typeOf("Tidx", INT32)]),
    [...list, index(axis)],
  );
}

/** Cuts x along `axis` into pieces of the given sizes. @throws RangeError when they do not add up */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== x.shape[axis]) throw new RangeError(`split: sizes [${sizes}] do not add up to axis ${axis} of [${x.shape}]`);
  if (usesTensorflow()) {
    const n = sizes.length;
    const named = attributes(`split${n}`, x, () => [count("num_split", n), typeOf("Tlen", INT32)]);
    return executeMany("SplitV", named, [x, dims(sizes), index(axis)], n);
  }
  let from = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, i) => (i === axis ? from : 0));
    from += size;
    return plainSlice(
      x,
      begin,
      x.shape.map((length, i) => (i === axis ? size : length)),
    );
  });
}

/** @throws RangeError when the piece reaches past x */
export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  const fits =
    begin.length === x.shape.length &&
    size.length === x.shape.length &&
    x.shape.every((length, i) => (begin[i] ?? 0) >= 0 && (begin[i] ?? 0) + (size[i] ?? 0) <= length);
  if (!fits) throw new RangeError(`slice: [${size}] from [${begin}] does not lie in [${x.shape}]`);
  if (!usesTensorflow()) return plainSlice(x, begin, size);
  return execute(
    "Slice",
    attributes("slice", x, () => [typeOf("Index", INT32)]),
    [x, dims(begin), dims(size)],
  );
}

/** Zeros around x, so many before and after it on each axis. */
export function pad(x: Tensor, around: readonly (readonly [before: number, after: number])[]): Tensor {
  if (around.length !== x.shape.length) throw new RangeError(`pad: ${around.length} pairs do not fit the axes of [${x.shape}]`);
  if (!usesTensorflow()) return plainPad(x, around);
  const flat = around.flat();
  const paddings = constant(`p${flat.join()}`, () => createTensor(Int32Array.from(flat), [around.length, 2]));
  return execute(
    "Pad",
    attributes("pad", x, () => [typeOf("Tpaddings", INT32)]),
    [x, paddings],
  );
}

/** Rows of `table` (n, …) by int32 indices of any shape → (…indices, …row). @throws when an index is not in 0…n−1 */
export function gatherRows(table: Tensor, indices: Tensor): Tensor {
  if (!usesTensorflow()) return plainGatherRows(table, indices);
  const type = typeNumber(table.dtype);
  const named = attributes(
    "gather",
    table,
    () => [typeOf("Tparams", type), typeOf("Tindices", INT32), typeOf("Taxis", INT32), count("batch_dims", 0)],
    false,
  );
  return execute("GatherV2", named, [table, indices, index(0)]);
}

const SCATTER_ADD = [typeOf("T", FLOAT), typeOf("Tindices", INT32), typeOf("Tnumsegments", INT32)];

/** Adds updates (…indices, …row) into zeros (numRows, …row): the gradient of `gatherRows`. */
export function scatterAddRows(indices: Tensor, updates: Tensor, numRows: number): Tensor {
  if (!usesTensorflow()) return plainScatterAddRows(indices, updates, numRows);
  return execute("UnsortedSegmentSum", SCATTER_ADD, [updates, indices, index(numRows)]);
}

const known = new Map<string, readonly Attribute[]>();

/** Attribute lists by op and element type, made once. */
function attributes(op: string, x: Tensor, others: () => Attribute[], typed = true): readonly Attribute[] {
  const key = `${op}/${x.dtype}`;
  const made = known.get(key) ?? [...(typed ? [typeOf("T", typeNumber(x.dtype))] : []), ...others()];
  known.set(key, made);
  return made;
}
