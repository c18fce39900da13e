import type { PositionGrid } from "@/lib/contract/positions/position-kind";
import type { TaskKind } from "@/lib/contract/tasks/tasks";
import type { Batch } from "@/server/engine/models/batch";
import type { EncoderBatch, TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { Images } from "@/server/engine/models/images";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { readFloats } from "@/server/engine/tensor/create";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { TensorData } from "@/server/files/weights/safetensors";
import type { LaysPass, PassForward } from "@/server/runtime/collections/collection-pass";
import type { AnswerBase } from "@/server/runtime/models/load-base-model";
import type { LoadedTop } from "@/server/runtime/models/loaded-top";
import type { ReadRow } from "@/server/runtime/rows/read-row";
import type { RowSource } from "@/server/runtime/rows/row-source";

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
  rows(base: Base): RowSource<ReadRow>;
  /** What its rows are where they have labels; null where they have none. */
  readonly labelled: LabelledKind | null;
  /** Most tokens of a row. */
  longestRow(base: Base): number;
  /** A row as a collection stores it, for pages to show examples in. */
  contextOf(base: Base, row: ReadRow): RowContext | Promise<RowContext>;
  /** Passes over rows. @param rows all that they read */
  passes<Told>(base: Base, forwardOf: PassForward<Told>, rows: Iterable<ReadRow>): LaysPass<Told>;
  /** @throws RangeError saying what of the input does not fit */
  batchOf(base: Base, given: GivenInput): OutputBatch;
  /** Logits, or embeddings of texts and final states of images where there is no head; on demand hidden states. */
  outputs(base: Base, top: LoadedTop, batch: OutputBatch, pass: OutputPass): Outputs;
};

/** What pages show of a row. */
export type RowContext = {
  /** Empty where positions have no vocabulary. */
  readonly tokenIds: ArrayLike<number>;
  /** One a position. */
  readonly texts: readonly string[];
  /** Where positions form a grid. */
  readonly grid?: PositionGrid;
  /** The row's label in the data. */
  readonly answer?: string;
  /** WebP: the image as the model reads it. */
  readonly image?: Uint8Array;
  /** WebP: of a noisy image, it before noise was added. */
  readonly clean?: Uint8Array;
};

/** A batch of texts, images of one size, or texts with their images. */
export type GivenInput = TextBatch | { readonly images: Images } | PromptBatch;

/** Texts, with what stands at their image tokens. */
type PromptBatch = Batch & { readonly images: Images };

/** What a model computes outputs of. */
export type OutputBatch = EncoderBatch | PromptBatch;

/** What labelled rows can be. */
export type LabelledKind = "texts" | "images";

/** Of an encoder: its head's scores, or what its final states, (rows · tokens, dModel), are without one. */
export function encoderOutputs(
  { model: encoder }: AnswerBase,
  { classifier }: LoadedTop,
  given: OutputBatch,
  { hooks, hidden, headless }: OutputPass & { readonly headless: (final: Tensor, batch: EncoderBatch) => Outputs },
): Outputs {
  const batch = ofEncoder(given);
  const { dModel } = encoder.config;
  const states = hidden ? hiddenOutputs(encoder.forward(batch, { hooks, hiddenStates: "all" }).hiddenStates, batch, dModel) : {};
  if (classifier === undefined) return { ...states, ...headless(encoder.forward(batch, { hooks }).final, batch) };
  const { model, head } = classifier;
  return { ...states, logits: { shape: [batch.rows, model.numLabels], data: readFloats(model.scores(batch, hooks, head.read())) } };
}

/** `hidden.0`, `hidden.1`, …, each (rows, tokens, dModel). */
export function hiddenOutputs(states: readonly Tensor[], { rows, tokens }: Pick<OutputBatch, "rows" | "tokens">, dModel: number): Outputs {
  return Object.fromEntries(states.map((state, layer) => [`hidden.${layer}`, { shape: [rows, tokens, dModel], data: readFloats(state) }]));
}

/** @throws RangeError for texts with images */
export function demandOneKind(given: GivenInput): TextBatch | { readonly images: Images } {
  if (!("ids" in given) || given.ids === undefined) return given as { readonly images: Images };
  const { images, ...text } = given;
  if (images !== undefined) throw new RangeError("the model reads texts or images, and the input has both");
  return text;
}

/** A batch as an encoder's `batchOf` gave it. */
function ofEncoder(batch: OutputBatch): EncoderBatch {
  if (batch.ids !== undefined && batch.images !== undefined)
    throw new RangeError("an encoder reads texts or images, and the batch has both");
  return batch as EncoderBatch;
}
