import { layInLargePages, toBfloat16 } from "@/server/engine/tensor/create";
import { encoderScreen } from "@/server/engine/tensor/encoder-screen";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import { type DType, sizeOf, type Tensor } from "@/server/engine/tensor/tensor";
import { createVariable, freeVariable, readVariable, type Variable, variableValues } from "@/server/engine/tensor/variables";

/** A trained tensor of a module. */
export class Parameter {
  /** The module's name, a dot and the part: `model.layers.0.self_attn.q_proj.E`. */
  readonly key: string;
  readonly variable: Variable;
  private borrowed: Tensor | undefined;
  private rounded: Tensor | undefined;
  private readonly screens = new Map<DType, Tensor>();

  constructor(key: string, values: Float32Array, shape: readonly number[]) {
    this.key = key;
    this.variable = createVariable(values, shape);
  }

  get shape(): readonly number[] {
    return this.variable.shape;
  }

  /** The present values as a tensor, which stays valid until `release`; the caller does not free it. */
  read(): Tensor {
    this.borrowed ??= keep(readVariable(this.variable));
    return this.borrowed;
  }

  /** As `read`, rounded to bfloat16: half the memory traffic where few tokens make it the bound. */
  readRounded(): Tensor {
    if (this.rounded === undefined) {
      this.rounded = keep(tidy(() => toBfloat16(readVariable(this.variable))));
      layInLargePages(this.rounded);
    }
    return this.rounded;
  }

  /** The screen of an encoder as `read` or `readRounded` gives it; undefined where no kernel reads one. */
  readScreen(encoder: Tensor): Tensor | undefined {
    const known = this.screens.get(encoder.dtype);
    if (known !== undefined) return known;
    const made = encoderScreen(encoder);
    if (made !== undefined) this.screens.set(encoder.dtype, keep(made));
    return made;
  }

  /** To be called before the parameter is updated: an update of a value that is still read would have to copy it. */
  release(): void {
    free(this.borrowed, this.rounded, ...this.screens.values());
    this.borrowed = undefined;
    this.rounded = undefined;
    this.screens.clear();
  }

  /** With the copies that `readRounded` and `readScreen` made. What `read` gives shares the variable's memory. */
  get heldBytes(): number {
    const entries = sizeOf(this.shape);
    const screens = [...this.screens.values()].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
    return 4 * entries + (this.rounded === undefined ? 0 : 2 * entries) + screens;
  }

  values(): Float32Array {
    return variableValues(this.variable);
  }

  free(): void {
    this.release();
    freeVariable(this.variable);
  }
}
