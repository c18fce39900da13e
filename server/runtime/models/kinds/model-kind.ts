import type { TaskKind } from "@/lib/contract/tasks/tasks";
import type { TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { readFloats } from "@/server/engine/tensor/create";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { TensorData } from "@/server/files/weights/safetensors";
import type { LoadedTop } from "@/server/runtime/models/loaded-top";
import type { RowSource } from "@/server/runtime/rows/row-source";
import type { TokenRow } from "@/server/runtime/rows/token-row";

/** What a model computes for a batch, by name. */
export type Outputs = Record<string, TensorData>;

export type OutputPass = { readonly hooks: ProjectionHooks | undefined; readonly hidden: boolean };

/** What a kind of base model does, whatever it was trained for. */
export type ModelKind<Base> = {
  /** @param folder undefined for the checkpoint's own head alone. @throws FileError as `loadTop` */
  loadTop(base: Base, folder: string | undefined): LoadedTop;
  /** What it was trained for, by what was loaded over it. */
  taskOf(top: LoadedTop): TaskKind;
  /** Rows as a collection reads them. */
  rows(base: Base): RowSource<TokenRow>;
  /** Whether the rows that it reads have labels. */
  readonly readsLabels: boolean;
  padId(base: Base): number;
  /** @throws RangeError saying what of the batch does not fit */
  demandBatch(base: Base, batch: TextBatch): void;
  /** Logits, or embeddings where there is no head; on demand hidden states. */
  outputs(base: Base, top: LoadedTop, batch: TextBatch, pass: OutputPass): Outputs;
};

/** `hidden.0`, `hidden.1`, …, each (rows, tokens, dModel). */
export function hiddenOutputs(states: readonly Tensor[], { rows, tokens }: TextBatch, dModel: number): Outputs {
  return Object.fromEntries(states.map((state, layer) => [`hidden.${layer}`, { shape: [rows, tokens, dModel], data: readFloats(state) }]));
}
