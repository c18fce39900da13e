import { free, keep } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { createVariable, freeVariable, readVariable, type Variable, variableValues } from "@/server/engine/tensor/variables";

/** A trained matrix of an adapter. */
export class Parameter {
  /** The module's name, a dot and the part: `model.layers.0.self_attn.q_proj.E`. */
  readonly key: string;
  readonly variable: Variable;
  private borrowed: Tensor | undefined;

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

  /** To be called before the parameter is updated: an update of a value that is still read would have to copy it. */
  release(): void {
    free(this.borrowed);
    this.borrowed = undefined;
  }

  values(): Float32Array {
    return variableValues(this.variable);
  }

  free(): void {
    this.release();
    freeVariable(this.variable);
  }
}
