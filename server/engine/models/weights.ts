import type { PackedRows } from "@/lib/numbers/blocks/packed-rows";
import { fromOwnValues, fromValues, toBfloat16 } from "@/server/engine/tensor/create";
import { free, keep, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** Where a model's weights come from: names and shapes as in a Hugging Face checkpoint, values as float32. */
export type WeightSource = {
  names(): readonly string[];
  shape(name: string): readonly number[];
  read(name: string): Float32Array;
  /** A matrix (rows, d) as the checkpoint packs it along d; undefined where it does not. */
  blocks?(name: string): PackedRows | undefined;
};

/** In what dense frozen matrices are held. Vectors (norms, biases) are float32 always. */
export type FrozenDtype = "float32" | "bfloat16";

/**
 * How frozen matrices are held: dense; as the checkpoint packs them, and those that it does not pack in float32; or in NF4, with embeddings and head in
 * bfloat16. Packed ones are unpacked to float32 as they are multiplied.
 */
export type FrozenForm = FrozenDtype | "stored" | "nf4";

/** A matrix of a checkpoint, read when it is asked for. */
export type StoredMatrix = {
  readonly dOut: number;
  readonly dIn: number;
  /** (dOut, dIn) */
  values(): Float32Array;
  blocks(): PackedRows | undefined;
};

/** @param storesByInput whether the checkpoint has it as (dIn, dOut) */
export function storedMatrix(source: WeightSource, name: string, storesByInput = false): StoredMatrix {
  const [rows = 0, columns = 0] = source.shape(name);
  if (!storesByInput) return { dOut: rows, dIn: columns, values: () => source.read(name), blocks: () => source.blocks?.(name) };
  return { dOut: columns, dIn: rows, values: () => transposed(source.read(name), rows, columns), blocks: () => undefined };
}

export type WeightShapes = ReadonlyMap<string, readonly number[]>;

/**
 * Compares what a checkpoint holds with what its configuration asks for, before anything is read.
 *
 * @param mayIgnore whether a tensor that the model has no use for is known to be harmless (stored masks and tables)
 * @throws Error naming the tensors that are missing, superfluous or of another shape
 */
export function demandWeights(source: WeightSource, expected: WeightShapes, mayIgnore: (name: string) => boolean): void {
  const names = new Set(source.names());
  const faults = [
    list(
      "missing",
      [...expected.keys()].filter((name) => !names.has(name)),
    ),
    list(
      "not of this architecture",
      [...names].filter((name) => !expected.has(name) && !mayIgnore(name)),
    ),
    list(
      "of another shape",
      [...expected]
        .filter(([name, shape]) => names.has(name) && source.shape(name).join() !== shape.join())
        .map(([name, shape]) => `${name} [${source.shape(name)}] instead of [${shape}]`),
    ),
  ].filter((fault) => fault !== "");
  if (faults.length > 0) throw new Error(`the weights do not match config.json: ${faults.join("; ")}`);
}

/** A frozen vector in float32, outside all scopes. */
export function readVector(source: WeightSource, name: string): Tensor {
  return keep(fromValues(source.read(name), source.shape(name)));
}

/** Keeps float32 values, which nobody writes to any more, as a tensor of the given dtype, outside all scopes. */
export function holdMatrix(values: Float32Array, shape: readonly number[], dtype: FrozenDtype): Tensor {
  if (dtype === "float32") return keep(fromOwnValues(values, shape));
  return keep(
    tidy(() => {
      const full = fromOwnValues(values, shape);
      const half = toBfloat16(full);
      free(full);
      return half;
    }),
  );
}

/** Puts arrays one after another, as the rows of one matrix. */
export function joinRows(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** (rows, columns) → (columns, rows) */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column] as number;
  }
  return result;
}

const NAMED = 8;

function list(what: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${what}: ${names.slice(0, NAMED).join(", ")}${more}`;
}
