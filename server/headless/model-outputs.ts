import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { tidy } from "@/server/engine/tensor/scope";
import { FileError } from "@/server/files/file-error";
import type { GivenInput, OutputBatch, Outputs } from "@/server/runtime/models/kinds/model-kind";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import { type LoadedBase, loadBase, type Precision } from "@/server/runtime/models/load-base-model";
import { loadTop } from "@/server/runtime/models/loaded-model";
import { demandAdapter } from "@/server/runtime/models/loaded-top";
import { warnOfContext } from "./warn-of-context";

type Wanted = {
  readonly model: string;
  readonly precision: Precision;
  /** Undefined for the base model alone. */
  readonly adapter: string | undefined;
  readonly hidden: boolean;
  readonly activations: boolean;
  /** Of the batch, for errors. */
  readonly input: string;
};

/**
 * What a model gives for a batch: `logits` of every token; of an encoder (rows, labels) through its head, or the adapter's; where there is
 * neither, `embedding` (rows, dModel) of texts and `final` (rows, tokens, dModel) of images. On demand `hidden.0` … and the activations of all adapted modules, those of relative positions left out.
 *
 * @throws FileError naming the file and what is wrong with it
 */
export function modelOutputs(given: GivenInput, { model, precision, adapter: folder, hidden, activations, input }: Wanted): Outputs {
  const base = loadBase(model, precision);
  const batch = batchFor(input, given, base);
  warnOfContext(base, batch.tokens);
  const top = loadTop(base, folder);
  if (activations && folder !== undefined) demandAdapter(top, folder);
  const tensors: Outputs = {};
  const hooks = hooksOf(top.trained, batch, activations ? tensors : undefined);
  const outputs = tidy(() => kindOfModel(base).outputs(base, top, batch, { hooks, hidden }));
  return { ...tensors, ...outputs };
}

/** @throws FileError naming the input with what does not fit the model in it */
function batchFor(path: string, given: GivenInput, base: LoadedBase): OutputBatch {
  try {
    return kindOfModel(base).batchOf(base, given);
  } catch (error) {
    throw new FileError("invalid", path, error instanceof Error ? error.message : String(error));
  }
}

/** @param tensors gets every module's activations when given; a pooler's are of the first tokens alone */
function hooksOf(trained: Trained | undefined, { rows }: OutputBatch, tensors: Outputs | undefined): ProjectionHooks | undefined {
  if (trained === undefined) return undefined;
  if (tensors === undefined) return adapterHooks(trained);
  return adapterHooks(trained, {
    onActivations(module, { tokens: read, width, indices, values }) {
      const shape = [rows, read / rows, width];
      tensors[`activations.${module.module}.indices`] = { shape, data: indices.slice() };
      tensors[`activations.${module.module}.values`] = { shape, data: values.slice() };
    },
  });
}
