import type { FrozenDtype } from "@/server/engine/models/weights";
import { type LoraStepWeights, loraStep, type RowRange } from "@/server/engine/tensor/adapter-step";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { concat, slice, transpose } from "@/server/engine/tensor/layout";
import { linearInputGrad } from "@/server/engine/tensor/products";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { HostActivations } from "./activations";
import type { AttachedModule, Rescaling } from "./attached-module";
import { rescaledBase } from "./update";

/** What a module is made of whose components all take part at every token, as LoRA's. */
type ComponentParts = Pick<AttachedModule, "module" | "parameters" | "trainingHook" | "stored"> & {
  /** (rank, dIn): what each component reads with. Like `decoder`, it belongs to the parts. */
  reader(dtype: FrozenDtype): Tensor;
  /** (dOut, rank): what each component writes, in its column, the scaling left out. */
  decoder(): Tensor;
} & Partial<Pick<AttachedModule, "rescaling" | "heldBytes" | "release">>;

/** A module of components that are read and edited as latents: h = W0 x + scaling · decoder · (reader · x). */
export function attachComponents(parts: ComponentParts): AttachedModule {
  const { module, parameters, trainingHook, stored, reader, decoder, rescaling } = parts;
  let made: LoraStepWeights | undefined;
  const stepWeights = (dtype: FrozenDtype): LoraStepWeights => {
    const [A, B] = [reader(dtype), decoder()];
    if (made?.A !== A || made.B !== B) made = { A, B, scaling: module.scaling };
    return made;
  };
  return {
    module,
    parameters,
    trainingHook,
    read: (x, { linear, dtype }) => ({ indices: undefined, values: linear(x, reader(dtype)) }),
    write: ({ values }, { linear }) => linear(values, decoder()),
    step: (x, base, dtype, rows) => loraStep(x, rescaledRows(rescaling, base, rows), stepWeights(dtype), rows),
    ...(rescaling === undefined ? { stepWeights } : {}),
    rescaling,
    selection: undefined,
    along: (_, g) => linearInputGrad(g, decoder()),
    throughLatents: (_, slopes) => linearInputGrad(slopes, reader("float32")),
    vectors: (side) => (side === "encoder" ? reader("float32") : transpose(decoder(), [1, 0])),
    decoderNorms: () => columnNorms(readFloats(decoder()), module.numLatents),
    toDevice: (activations) => ({ indices: undefined, values: dense(activations, module.numLatents) }),
    stored,
    heldBytes: parts.heldBytes ?? (() => 0),
    release: parts.release ?? (() => {}),
  };
}

/** The rescaled base in some rows, the others as they are. */
function rescaledRows(rescaling: Rescaling | undefined, base: Tensor, { from, to }: RowRange): Tensor {
  if (rescaling === undefined) return base;
  const [rows = 0, dOut = 0] = base.shape;
  if (from === 0 && to === rows) return rescaledBase(rescaling, base);
  const cut = (begin: number, end: number) => (begin === end ? [] : [slice(base, [begin, 0], [end - begin, dOut])]);
  return concat([...cut(0, from), ...cut(from, to).map((own) => rescaledBase(rescaling, own)), ...cut(to, rows)], 0);
}

function columnNorms(values: Float32Array, columns: number): Float32Array {
  const squares = new Float64Array(columns);
  values.forEach((value, at) => {
    const column = at % columns;
    squares[column] = (squares[column] as number) + value * value;
  });
  return Float32Array.from(squares, Math.sqrt);
}

function dense({ tokens, width, indices, values }: HostActivations, numLatents: number): Tensor {
  const all = new Float32Array(tokens * numLatents);
  values.forEach((value, at) => {
    all[Math.floor(at / width) * numLatents + (indices[at] as number)] = value;
  });
  return fromValues(all, [tokens, numLatents]);
}
