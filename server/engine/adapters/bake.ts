import { bakingOf } from "@/lib/contract/baking";
import type { Edit } from "@/lib/contract/edit";
import type { BakedForm } from "@/lib/contract/methods/methods";
import { demandEdits } from "./demand-edits";
import type { AdapterTensors, LoraTensors, Matrix, StanTensors } from "./init";
import type { AdapterModule } from "./settings";

export type BakedAdapter = { readonly modules: readonly AdapterModule[]; readonly tensors: ReadonlyMap<string, AdapterTensors> };

/** What a list of edits makes of one module: a factor on what each latent writes, and latents that are no longer there. */
type Baking = { readonly factors: Float64Array; readonly dropped: ReadonlySet<number> };

/**
 * Writes edits into an adapter's matrices: new ones, the given stay as they are. A latent that is masked before TopK is taken out, so its module
 * becomes narrower, and the indices of the latents after it fall by one.
 *
 * @throws RangeError when an edit cannot be written exactly, names what is not there, or all latents of a module are masked
 */
export function bakeEdits(
  modules: readonly AdapterModule[],
  tensors: ReadonlyMap<string, AdapterTensors>,
  edits: readonly Edit[],
): BakedAdapter {
  const { baked, refused } = bakingOf(edits, formOf(modules));
  const [first] = refused;
  if (first !== undefined) throw new RangeError(`${first.edit.operation} cannot be baked. ${first.reason}`);
  demandEdits(edits, modules, false);
  const made = modules.map((module) => bakeModule(module, tensors.get(module.module), bakingOfModule(module, baked)));
  return {
    modules: made.map(({ module }) => module),
    tensors: new Map(made.map(({ module, tensors }) => [module.module, tensors])),
  };
}

function formOf([first]: readonly AdapterModule[]): BakedForm {
  return first?.method === "lora" && first.isDora === true ? "dora" : (first?.method ?? "stan");
}

/** In the listed order; masking comes first wherever it stands, and what is masked is worth nothing. */
function bakingOfModule({ module, numLatents }: AdapterModule, edits: readonly Edit[]): Baking {
  const factors = new Float64Array(numLatents).fill(1);
  const dropped = new Set<number>();
  for (const edit of edits) {
    if ("latent" in edit && edit.latent.module !== module) continue;
    if ("module" in edit && edit.module !== module) continue;
    switch (edit.operation) {
      case "scale":
        factors[edit.latent.index] = (factors[edit.latent.index] as number) * edit.value;
        break;
      case "ablatePost":
        factors[edit.latent.index] = 0;
        break;
      case "ablatePre":
        dropped.add(edit.latent.index);
        break;
      case "isolate": {
        const kept = new Set(edit.indices);
        for (let index = 0; index < numLatents; index++) if (!kept.has(index)) factors[index] = 0;
        break;
      }
      case "moduleOff":
        factors.fill(0);
        break;
      default:
        throw new RangeError(`${edit.operation} cannot be baked`);
    }
  }
  if (dropped.size === numLatents)
    throw new RangeError(`all ${numLatents} latents of ${module} are masked, and a module needs one at least`);
  return { factors, dropped };
}

function bakeModule(
  module: AdapterModule,
  tensors: AdapterTensors | undefined,
  { factors, dropped }: Baking,
): { module: AdapterModule; tensors: AdapterTensors } {
  if (tensors === undefined) throw new RangeError(`${module.module}: the adapter's matrices are missing`);
  const left = Array.from(factors.keys()).filter((index) => !dropped.has(index));
  if (module.method === "lora") {
    const { A, B } = tensors as LoraTensors;
    return { module, tensors: { A: rowsOf(A, left), B: scaledColumns(B, left, factors) } };
  }
  const { E, D } = tensors as StanTensors;
  return { module: { ...module, numLatents: left.length }, tensors: { E: rowsOf(E, left), D: scaledColumns(D, left, factors) } };
}

function rowsOf({ shape: [, width], data }: Matrix, rows: readonly number[]): Matrix {
  const taken = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    taken.set(data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { shape: [rows.length, width], data: taken };
}

/** Some columns, each times its own factor. */
function scaledColumns({ shape: [rows, width], data }: Matrix, columns: readonly number[], factors: Float64Array): Matrix {
  const taken = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++) {
    columns.forEach((column, i) => {
      taken[row * columns.length + i] = (data[row * width + column] as number) * (factors[column] as number);
    });
  }
  return { shape: [rows, columns.length], data: taken };
}
