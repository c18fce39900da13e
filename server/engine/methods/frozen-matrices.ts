import type { Matrix } from "@/lib/contract/methods/tensors";
import { Parameter } from "./parameter";

/** Matrices of an adapter that are not trained, on the device once for all modules that read the same entries of the same one. */
export class FrozenMatrices {
  private readonly held = new Map<Float32Array, Map<string, Parameter>>();

  /** The first rows and columns of a matrix. It stays this object's. */
  of({ shape, data }: Matrix, rows: number, columns: number): Parameter {
    const cuts = this.held.get(data) ?? new Map<string, Parameter>();
    this.held.set(data, cuts);
    const key = `${rows},${columns}`;
    const known = cuts.get(key);
    if (known !== undefined) return known;
    const made = new Parameter(key, cut(data, shape[1], rows, columns), [rows, columns]);
    cuts.set(key, made);
    return made;
  }

  get heldBytes(): number {
    return this.all().reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  free(): void {
    for (const one of this.all()) one.free();
    this.held.clear();
  }

  private all(): Parameter[] {
    return [...this.held.values()].flatMap((cuts) => [...cuts.values()]);
  }
}

function cut(data: Float32Array, width: number, rows: number, columns: number): Float32Array {
  if (columns === width) return data.subarray(0, rows * columns);
  const taken = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) taken.set(data.subarray(row * width, row * width + columns), row * columns);
  return taken;
}
