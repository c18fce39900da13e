import type { PackedMatrix, PackedName } from "@/lib/numbers/blocks/block-formats";
import { type PackedRows, packedAnew, packedWhen, piecesBelow } from "@/lib/numbers/blocks/packed-rows";
import { engineInfo } from "@/server/engine/tensor/backend";
import { layInLargePages, toBfloat16 } from "@/server/engine/tensor/create";
import { transpose } from "@/server/engine/tensor/layout";
import { fitsNf4, fromPieces, frozenPart, isPacked, packBfloat16, packNf4 } from "@/server/engine/tensor/packed";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import { bytesOf, type Tensor } from "@/server/engine/tensor/tensor";
import type { Projection } from "./projection";
import { type FrozenDtype, type FrozenForm, holdMatrix, joinRows, type StoredMatrix, transposed } from "./weights";

/**
 * The frozen tensors of one model: matrices in the frozen form, and dense ones for one-token steps in the decoding dtype, made when
 * first asked for. Frees them all at the end.
 */
export class FrozenWeights {
  readonly form: FrozenForm;
  private readonly tensors: Tensor[] = [];
  private readonly decoding = new Map<Tensor, Tensor>();
  private total = 0;
  private copied = 0;

  constructor(form: FrozenForm) {
    this.form = form;
  }

  /** In what matrices are held that are not packed. */
  get dtype(): FrozenDtype {
    return this.form === "bfloat16" ? "bfloat16" : "float32";
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
    this.tensors.push(tensor);
    this.total += bytesOf(tensor);
    return tensor;
  }

  /** Values that are held dense in every form. */
  dense(values: Float32Array, shape: readonly number[]): Tensor {
    return this.hold(holdMatrix(values, shape, this.dtype));
  }

  /** An embedding or a head (vocab, dModel). */
  table(stored: StoredMatrix): Tensor {
    if (this.form !== "nf4") return this.matrix(stored);
    const own = stored.blocks();
    return this.held(stored, own?.format === "BF16" ? own : packed(stored, "BF16", packBfloat16));
  }

  matrix(stored: StoredMatrix): Tensor {
    return this.held(stored, this.packed(stored));
  }

  private held({ dOut, dIn, values }: StoredMatrix, packed: PackedRows | undefined): Tensor {
    return packed === undefined ? this.dense(values(), [dOut, dIn]) : this.inBlocks(packed.format, [{ packed, rows: dOut }], dIn);
  }

  /** Matrices of one format and width under each other. */
  private inBlocks(format: PackedName, parts: readonly { readonly packed: PackedRows; readonly rows: number }[], dIn: number): Tensor {
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    return this.hold(keep(fromPieces(format, piecesBelow(parts), [rows, dIn])));
  }

  /**
   * Matrices (dOut, dIn) of one input. TensorFlow cuts rows off a matrix without a copy, so there they are held as one and
   * each is a view; `joined` is for steps, which then need one product instead of several. Those that are packed in different formats are held apart.
   */
  matrices(parts: readonly StoredMatrix[]): { each: Tensor[]; joined: Tensor | undefined } {
    const packed = parts.map((part) => this.packed(part));
    const formats = new Set(packed.map((one) => one?.format));
    if (engineInfo().backend !== "tensorflow" || formats.size > 1)
      return { each: parts.map((part, at) => this.held(part, packed[at])), joined: undefined };
    const [dIn = 0] = parts.map((part) => part.dIn);
    const rows = parts.reduce((sum, { dOut }) => sum + dOut, 0);
    const blocks = parts.flatMap(({ dOut }, at) => {
      const one = packed[at];
      return one === undefined ? [] : [{ packed: one, rows: dOut }];
    });
    const [first] = blocks;
    const joined =
      first === undefined
        ? this.dense(joinRows(parts.map((part) => part.values())), [rows, dIn])
        : this.inBlocks(first.packed.format, blocks, dIn);
    let from = 0;
    const each = parts.map(({ dOut }) => {
      const view = keep(frozenPart(joined, from, dOut));
      this.tensors.push(view);
      from += dOut;
      return view;
    });
    return { each, joined };
  }

  /**
   * A matrix (dOut, dIn) that narrows is held by input, (dIn, dOut), where TensorFlow computes in float32: its product takes a
   * quarter less time then and its gradient an eighth more (dIn 1536, dOut 576). For wide matrices it is the other way round.
   */
  narrowing(stored: StoredMatrix): Pick<Projection, "weight" | "isHeldByInput"> {
    const { dOut, dIn } = stored;
    const isHeldByInput = this.form === "float32" && dIn > dOut && engineInfo().backend === "tensorflow";
    const weight = isHeldByInput ? this.dense(transposed(stored.values(), dOut, dIn), [dIn, dOut]) : this.matrix(stored);
    return { weight, isHeldByInput };
  }

  /** A matrix (dOut, dIn) as one-token steps read it. */
  forDecoding(matrix: Tensor, dtype: FrozenDtype): Tensor {
    return isPacked(matrix) || matrix.dtype === dtype || dtype === "float32" ? matrix : this.copyOnce(matrix, () => toBfloat16(matrix));
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
    free(this.tensors);
    this.tensors.length = 0;
    this.decoding.clear();
  }

  /** A matrix in blocks, where this form packs it. */
  private packed(stored: StoredMatrix): PackedRows | undefined {
    if (this.form === "stored") return stored.blocks();
    return this.form === "nf4" && fitsNf4(stored.dIn) ? packed(stored, "NF4", packNf4) : undefined;
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

/** A matrix in a format of ours, made of the values that the checkpoint packs in another, or of all of them at once. */
function packed(stored: StoredMatrix, format: PackedName, pack: (values: Float32Array) => PackedMatrix): PackedRows {
  const own = stored.blocks();
  return own === undefined ? packedWhen(format, stored.dOut, () => pack(stored.values())) : packedAnew(own, stored.dIn, format, pack);
}
