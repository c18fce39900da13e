import { engineInfo } from "@/server/engine/tensor/backend";
import { toBfloat16 } from "@/server/engine/tensor/create";
import { concat, slice } from "@/server/engine/tensor/layout";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import { sizeOf, type Tensor } from "@/server/engine/tensor/tensor";
import { type FrozenDtype, holdMatrix, joinRows } from "./weights";

/**
 * The frozen tensors of one model: matrices in the frozen dtype, and for one-token steps in the decoding dtype, made when
 * first asked for. Frees them all at the end.
 */
export class FrozenWeights {
  readonly dtype: FrozenDtype;
  private readonly held: Tensor[] = [];
  private readonly decoding = new Map<Tensor, Tensor>();
  private total = 0;

  constructor(dtype: FrozenDtype) {
    this.dtype = dtype;
  }

  get bytes(): number {
    return this.total;
  }

  hold(tensor: Tensor): Tensor {
    this.held.push(tensor);
    this.total += sizeOf(tensor.shape) * (tensor.dtype === "bfloat16" ? 2 : 4);
    return tensor;
  }

  matrix(values: Float32Array, shape: readonly number[]): Tensor {
    return this.hold(holdMatrix(values, shape, this.dtype));
  }

  /**
   * Matrices (dOut, dIn) of one input. TensorFlow cuts rows off a matrix without a copy, so there they are held as one and
   * each is a view; `joined` is for steps, which then need one product instead of several.
   */
  matrices(
    parts: readonly { readonly values: Float32Array; readonly dOut: number }[],
    dIn: number,
  ): { each: Tensor[]; joined: Tensor | undefined } {
    if (engineInfo().backend !== "tensorflow")
      return { each: parts.map(({ values, dOut }) => this.matrix(values, [dOut, dIn])), joined: undefined };
    const rows = parts.reduce((sum, { dOut }) => sum + dOut, 0);
    const joined = this.matrix(joinRows(parts.map(({ values }) => values)), [rows, dIn]);
    let from = 0;
    const each = parts.map(({ dOut }) => {
      const view = keep(slice(joined, [from, 0], [dOut, dIn]));
      this.held.push(view);
      from += dOut;
      return view;
    });
    return { each, joined };
  }

  joinVectors(parts: readonly Tensor[]): Tensor {
    return this.hold(keep(concat(parts, 0)));
  }

  /** The matrix as one-token steps read it. */
  forDecoding(matrix: Tensor, dtype: FrozenDtype): Tensor {
    if (matrix.dtype === dtype || dtype === "float32") return matrix;
    const known = this.decoding.get(matrix);
    if (known !== undefined) return known;
    const half = keep(tidy(() => toBfloat16(matrix)));
    this.decoding.set(matrix, half);
    this.hold(half);
    return half;
  }

  free(): void {
    free(this.held);
    this.held.length = 0;
    this.decoding.clear();
  }
}
