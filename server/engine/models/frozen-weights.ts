import { engineInfo } from "@/server/engine/tensor/backend";
import { layInLargePages, toBfloat16 } from "@/server/engine/tensor/create";
import { slice, transpose } from "@/server/engine/tensor/layout";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import { sizeOf, type Tensor } from "@/server/engine/tensor/tensor";
import type { Projection } from "./projection";
import { type FrozenDtype, holdMatrix, joinRows, transposed } from "./weights";

/**
 * The frozen tensors of one model: matrices in the frozen dtype, and for one-token steps in the decoding dtype, made when
 * first asked for. Frees them all at the end.
 */
export class FrozenWeights {
  readonly dtype: FrozenDtype;
  private readonly held: Tensor[] = [];
  private readonly decoding = new Map<Tensor, Tensor>();
  private total = 0;
  private copied = 0;

  constructor(dtype: FrozenDtype) {
    this.dtype = dtype;
  }

  get bytes(): number {
    return this.total;
  }

  /** Without the copies that one-token steps read. */
  get weightBytes(): number {
    return this.total - this.copied;
  }

  hold(tensor: Tensor): Tensor {
    layInLargePages(tensor);
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

  /**
   * A matrix (dOut, dIn) that narrows is held by input, (dIn, dOut), where TensorFlow computes in float32: its product takes a
   * quarter less time then and its gradient an eighth more (dIn 1536, dOut 576). For wide matrices it is the other way round.
   */
  narrowing(values: Float32Array, dOut: number, dIn: number): Pick<Projection, "weight" | "isHeldByInput"> {
    const isHeldByInput = this.dtype === "float32" && dIn > dOut && engineInfo().backend === "tensorflow";
    const weight = isHeldByInput ? this.matrix(transposed(values, dOut, dIn), [dIn, dOut]) : this.matrix(values, [dOut, dIn]);
    return { weight, isHeldByInput };
  }

  /** A matrix (dOut, dIn) as one-token steps read it. */
  forDecoding(matrix: Tensor, dtype: FrozenDtype): Tensor {
    return matrix.dtype === dtype || dtype === "float32" ? matrix : this.copyOnce(matrix, () => toBfloat16(matrix));
  }

  /** A projection as one-token steps read it: its weight by output, which few rows multiply fastest. */
  projectionForDecoding(projection: Projection, dtype: FrozenDtype): Projection {
    const { weight, isHeldByInput } = projection;
    if (!isHeldByInput) return { ...projection, weight: this.forDecoding(weight, dtype) };
    const byOutput = this.copyOnce(weight, () => {
      const turned = transpose(weight, [1, 0]);
      return dtype === "bfloat16" ? toBfloat16(turned) : turned;
    });
    return { ...projection, weight: byOutput, isHeldByInput: false };
  }

  free(): void {
    free(this.held);
    this.held.length = 0;
    this.decoding.clear();
  }

  private copyOnce(matrix: Tensor, make: () => Tensor): Tensor {
    const known = this.decoding.get(matrix);
    if (known !== undefined) return known;
    const before = this.total;
    const copy = this.hold(keep(tidy(make)));
    this.copied += this.total - before;
    this.decoding.set(matrix, copy);
    return copy;
  }
}
