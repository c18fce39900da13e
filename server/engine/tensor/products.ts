import { add } from "./arithmetic";
import { usesOwnKernels, usesTensorflow } from "./backend";
import { toBfloat16, toFloat32, unfilled } from "./create";
import { execute, index, NO_ATTRIBUTES } from "./execute";
import { concat, slice } from "./layout";
import { formatOf, isPacked, type PackedTensor, type Tile, tilesOf, unpackedTile } from "./packed";
import { floatsOf, plainTensor } from "./plain-arrays";
import { productChoice } from "./product-choice";
import { free, tidy } from "./scope";
import { sizeOf, type Tensor } from "./tensor";
import { BFLOAT16, FLOAT, flag, typeOf } from "./tensorflow-binding";
import { fewRowsProduct, transposed, wasmProduct } from "./wasm-products";

export type Transposes = { readonly transposeA?: boolean; readonly transposeB?: boolean };

/**
 * Up to this many rows the own kernel takes the product: it reads the weights once, and gives a row the same values
 * whatever other rows are in the batch. With bfloat16 weights it also keeps the rows in float32, so there it goes further.
 */
const FEW_ROWS = 8;
const FEW_ROWS_BFLOAT16 = 32;

const PLACES = [0, 1, 2, 3];
const MATMUL = PLACES.map((i) => [typeOf("T", FLOAT), flag("transpose_a", i >= 2), flag("transpose_b", i % 2 === 1)]);
const MATMUL_BFLOAT16 = PLACES.map((i) => [typeOf("T", BFLOAT16), flag("transpose_a", i >= 2), flag("transpose_b", i % 2 === 1)]);
const BATCH_MATMUL = PLACES.map((i) => [typeOf("T", FLOAT), flag("adj_x", i >= 2), flag("adj_y", i % 2 === 1)]);

/** a (m, n) · b (n, p) → (m, p), each optionally stored transposed. @throws RangeError when the inner lengths differ */
export function matmul(a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: Transposes = {}): Tensor {
  demandProduct("matmul", a, b, transposeA, transposeB, 2);
  if (!usesTensorflow()) return plainProducts(a, b, transposeA, transposeB, []);
  return execute("MatMul", MATMUL[placeOf(transposeA, transposeB)] ?? NO_ATTRIBUTES, [a, b]);
}

/** a (…, m, n) · b (…, n, p) → (…, m, p) with equal leading axes. */
export function batchMatmul(a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: Transposes = {}): Tensor {
  demandProduct("batchMatmul", a, b, transposeA, transposeB, a.shape.length);
  const batch = a.shape.slice(0, -2);
  if (batch.some((length, axis) => length !== b.shape[axis]))
    throw new RangeError(`batchMatmul: [${a.shape}] and [${b.shape}] have different leading axes`);
  if (!usesTensorflow()) return plainProducts(a, b, transposeA, transposeB, batch);
  return execute("BatchMatMulV2", BATCH_MATMUL[placeOf(transposeA, transposeB)] ?? NO_ATTRIBUTES, [a, b]);
}

/**
 * x (tokens, dIn) · wᵀ → (tokens, dOut) in float32.
 *
 * @param w (dOut, dIn), float32, packed or bfloat16. A packed one is unpacked to float32, a tile of rows at a time. With bfloat16 many rows may be rounded to it too, with sums in
 *   float32; few rows, as in decoding, stay float32 (own kernel)
 */
export function linear(x: Tensor, w: Tensor): Tensor {
  demandProduct("linear", x, w, false, true, 2);
  const rows = x.shape[0] ?? 0;
  if (isPacked(w)) return packedLinear(x, w, rows);
  if (!usesTensorflow()) return plainLinear(x, w, rows);
  if (usesOwnKernels() && rows <= (w.dtype === "bfloat16" ? FEW_ROWS_BFLOAT16 : FEW_ROWS)) {
    return execute(w.dtype === "bfloat16" ? "StanscopeFewRowsBfloat16" : "StanscopeFewRows", NO_ATTRIBUTES, [x, w]);
  }
  return w.dtype === "bfloat16"
    ? bfloat16Product("StanscopeProductBfloat16", x, w, 1)
    : execute("MatMul", MATMUL[1] ?? NO_ATTRIBUTES, [x, w]);
}

/**
 * x (tokens, dIn) · wᵀ → (tokens, dOut) of two float32, for a wide adapter beside frozen weights in bfloat16. Where that is faster, each
 * float is split into two bfloat16, which keeps 16 of its 24 bits: the error is some 2⁻¹⁶ of |x| |w|.
 */
export function splitLinear(x: Tensor, w: Tensor): Tensor {
  demandProduct("splitLinear", x, w, false, true, 2);
  const isSplit = usesOwnKernels() && (x.shape[0] ?? 0) > FEW_ROWS && productChoice().adapter === "split";
  return isSplit ? execute("StanscopeSplitProduct", NO_ATTRIBUTES, [x, w]) : linear(x, w);
}

/** dy (tokens, dOut) · w → (tokens, dIn): the gradient of `linear` by x. */
export function linearInputGrad(dy: Tensor, w: Tensor): Tensor {
  demandProduct("linearInputGrad", dy, w, false, false, 2);
  if (isPacked(w)) return packedInputGrad(dy, w);
  if (!usesTensorflow()) return plainProducts(dy, w, false, false, []);
  return w.dtype === "bfloat16"
    ? bfloat16Product("StanscopeInputGradBfloat16", dy, w, 0)
    : execute("MatMul", MATMUL[0] ?? NO_ATTRIBUTES, [dy, w]);
}

/** With weights in bfloat16, many rows: the fastest of three ways on this processor. All but the one with widened weights round x to bfloat16. */
function bfloat16Product(op: string, x: Tensor, w: Tensor, place: number): Tensor {
  const way = usesOwnKernels() ? productChoice().bfloat16 : "library";
  if (way === "tiles") return execute(op, NO_ATTRIBUTES, [x, w]);
  return tidy(() =>
    way === "widened"
      ? execute("MatMul", MATMUL[place] ?? NO_ATTRIBUTES, [x, toFloat32(w)])
      : toFloat32(execute("MatMul", MATMUL_BFLOAT16[place] ?? NO_ATTRIBUTES, [toBfloat16(x), w])),
  );
}

/** Few rows, as in decoding, are multiplied straight from the blocks, bit for bit as with the unpacked weights. */
function packedLinear(x: Tensor, w: PackedTensor, rows: number): Tensor {
  if (usesOwnKernels() && rows <= FEW_ROWS_BFLOAT16) return execute("StanscopeFewRowsPacked", NO_ATTRIBUTES, [x, w, formatOf(w)]);
  const [dOut = 0] = w.shape;
  const tiles = tilesOf(w);
  const product = (tile: Tile) => tidy(() => linear(x, unpackedTile(w, tile)));
  if (!usesOwnKernels() || tiles.length === 1) return tidy(() => concat(tiles.map(product), 1));
  return tidy(() => {
    const y = unfilled([rows, dOut]);
    for (const tile of tiles) {
      tidy(() => execute("StanscopePlaceColumns", NO_ATTRIBUTES, [y, product(tile), index(tile.from)]));
    }
    return y;
  });
}

/** Tile by tile of w's rows: what each of them writes is added up at once. */
function packedInputGrad(dy: Tensor, w: PackedTensor): Tensor {
  const [tokens = 0] = dy.shape;
  const gradOf = ({ from, rows }: Tile) =>
    tidy(() => linearInputGrad(rows === w.shape[0] ? dy : slice(dy, [0, from], [tokens, rows]), unpackedTile(w, { from, rows })));
  return tidy(() =>
    tilesOf(w).reduce<Tensor | undefined>((sum, tile) => {
      const next = sum === undefined ? gradOf(tile) : tidy(() => add(sum, gradOf(tile)));
      free(sum);
      return next;
    }, undefined),
  ) as Tensor;
}

function plainLinear(x: Tensor, w: Tensor, rows: number): Tensor {
  if (rows > FEW_ROWS) return plainProducts(x, w, false, true, []);
  const [dOut = 0, dIn = 0] = w.shape;
  return plainTensor(fewRowsProduct(floatsOf(x), floatsOf(w), rows, dIn, dOut), [rows, dOut]);
}

function plainProducts(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean, batch: readonly number[]): Tensor {
  const [rows, inner] = matrixOf(a, transposeA);
  const [, columns] = matrixOf(b, transposeB);
  const left = floatsOf(a);
  const right = floatsOf(b);
  const count = sizeOf(batch);
  const out = new Float32Array(count * rows * columns);
  for (let i = 0; i < count; i++) {
    const p = left.subarray(i * rows * inner, (i + 1) * rows * inner);
    const q = right.subarray(i * inner * columns, (i + 1) * inner * columns);
    const product = wasmProduct(
      transposeA ? transposed(p, inner, rows) : p,
      transposeB ? transposed(q, columns, inner) : q,
      rows,
      inner,
      columns,
    );
    out.set(product, i * rows * columns);
  }
  return plainTensor(out, [...batch, rows, columns]);
}

function placeOf(transposeA: boolean, transposeB: boolean): number {
  return (transposeA ? 2 : 0) + (transposeB ? 1 : 0);
}

function matrixOf(x: Tensor, isTransposed: boolean): [number, number] {
  const rows = x.shape.at(-2) ?? 0;
  const columns = x.shape.at(-1) ?? 0;
  return isTransposed ? [columns, rows] : [rows, columns];
}

function demandProduct(name: string, a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean, rank: number): void {
  const fits = a.shape.length === rank && b.shape.length === rank && rank >= 2 && matrixOf(a, transposeA)[1] === matrixOf(b, transposeB)[0];
  if (fits) return;
  const say = (x: Tensor, isTransposed: boolean) => `[${x.shape}]${isTransposed ? " transposed" : ""}`;
  throw new RangeError(`${name}: ${say(a, transposeA)} does not multiply ${say(b, transposeB)}`);
}
